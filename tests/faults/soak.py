"""`make soak`: every fault by itself, then kills at random moments; each must end as in peace."""

import argparse
import random
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestration.defs.billing.manifest import read_manifest
from orchestration.home import Home
from tests.faults.catalogue import Fault, faults
from tests.faults.trial import Peace


def main() -> int:
    """0 when nothing was lost but time, 1 with what was not as in peace."""
    parser = argparse.ArgumentParser(prog="make soak")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=50, help="how many, at random moments")
    parser.add_argument("--only", default="", help="faults that have this in their title")
    chosen = parser.parse_args()
    started = time.monotonic()
    broken: list[str] = []
    with _homes() as new_home:
        peace = Peace.made(new_home)
        # Two closes, so one that starts with all that it needs in memory takes a half.
        longest = (time.monotonic() - started) / 2
        trials = [*_faults(peace, chosen.only), *_kills(peace, chosen, longest)]
        for place, (title, trial) in enumerate(trials, start=1):
            began = time.monotonic()
            home = peace.begin(new_home())
            try:
                trial(home)
                peace.resume(home)
                word = "same"
            except AssertionError as error:
                word = "BROKEN"
                broken.append(f"{title}\n{error}")
            shutil.rmtree(home.root)
            seconds = time.monotonic() - began
            print(f"{place:4d} of {len(trials)}  {word:6}  {seconds:6.1f} s  {title}", flush=True)
    print(*broken, sep="\n\n", end="\n\n" if broken else "")
    print(f"{len(trials)} faults, {len(broken)} broken, {time.monotonic() - started:,.0f} s")
    return 1 if broken else 0


def _faults(peace: Peace, only: str) -> Iterator[tuple[str, Callable[[Home], None]]]:
    def trial(fault: Fault) -> Callable[[Home], None]:
        return lambda home: peace.suffer(home, fault)

    for fault in faults():
        title = f"{fault.kind}: {fault.title}"
        if only in title:
            yield title, trial(fault)


def _kills(
    peace: Peace, chosen: argparse.Namespace, longest: float
) -> Iterator[tuple[str, Callable[[Home], None]]]:
    def trial(seconds: float) -> Callable[[Home], None]:
        return lambda home: peace.kill_after(home, seconds)

    moments = random.Random(chosen.seed)
    for _ in range(chosen.kills):
        seconds = moments.uniform(0, longest)
        yield f"kill -9: after {seconds:.2f} s", trial(seconds)


@contextmanager
def _homes() -> Iterator[Callable[[], Home]]:
    """Makes empty homes in which dbt has parsed the project, all gone at the end."""
    with TemporaryDirectory(prefix="releve-soak-") as folder:
        parsed = Home(Path(folder) / "parsed").prepare()
        read_manifest(parsed)
        numbers = count(1)

        def make() -> Home:
            home = Home(Path(folder) / f"home-{next(numbers)}").prepare()
            shutil.copytree(parsed.dbt_target, home.dbt_target, dirs_exist_ok=True)
            return home

        yield make


if __name__ == "__main__":
    sys.exit(main())
