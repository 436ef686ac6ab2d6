"""`make simulate`: so many worlds of a seed, and the smallest part of a world that fails.

The first `SEED` and `WORLDS` say which worlds: world n of seed s is always the same.
"""

import argparse
import sys
from collections.abc import Callable

from orchestration.home import Home

from .drawing import drawn_script, drawn_story
from .homes import homes
from .shrinking import Shrinker
from .trial import Trial

# How many worlds share a warehouse: more cost more memory, fewer cost more time.
AT_ONCE = 200
CLOSES, KILLS = 8, 2
# How much of what differs is shown of each world before one is shrunk.
SHOWN = 3


def main() -> int:
    """0 when every world is clean, 1 with a world that is not."""
    parser = argparse.ArgumentParser(prog="make simulate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worlds", type=int, default=100)
    parser.add_argument("--closes", type=int, default=CLOSES)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--calendars", action="store_true", help="draw calendars that change")
    parser.add_argument("--horizons", action="store_true", help="draw horizons of correction")
    chosen = parser.parse_args()
    with homes() as new_home:
        for first in range(0, chosen.worlds, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, chosen.worlds))
            if not _simulated(new_home, chosen, numbers):
                return 1
    return 0


def _simulated(new_home: Callable[[], Home], chosen: argparse.Namespace, numbers: range) -> bool:
    """Worlds of the seed in one warehouse."""
    seed = chosen.seed * 1_000 + numbers.start // AT_ONCE
    script = drawn_script(seed, chosen.closes, chosen.kills)
    stories = [
        drawn_story(
            f"w{number}",
            chosen.seed * 1_000_000 + number,
            script,
            with_calendars=chosen.calendars,
            with_horizons=chosen.horizons,
        )
        for number in numbers
    ]
    verdict = Trial(new_home(), stories, seed).play(script)
    said = f"worlds {numbers.start} to {numbers.stop - 1} of seed {chosen.seed}"
    if verdict.is_clean:
        print(f"{said}: clean, {len(script)} closes, {verdict.documents} documents", flush=True)
        return True
    print(f"{said}: {len(verdict.disagreeing)} differ from the reference")
    print(*verdict.broken, sep="\n")
    for name, (step, words) in verdict.disagreeing.items():
        print(f"{name} at {script[step].on}:", *words[:SHOWN], sep="\n    ", flush=True)
    shrinker = Shrinker(new_home, seed)
    failing = next((each for each in stories if each.name in verdict.disagreeing), None)
    if verdict.broken:
        failing = shrinker.culprit(stories, script) or failing
    if failing is None:
        print("No world breaks it alone: run them together again.")
    else:
        print(f"Shrinking world {failing.name.removeprefix('w')}.", flush=True)
        print(shrinker.shrunk(failing, script))
    return False


if __name__ == "__main__":
    sys.exit(main())
