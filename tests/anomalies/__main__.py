"""`python -m tests.anomalies SEED...`: what is found of each draw of faults, as a table."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestration.defs.billing.manifest import read_manifest
from orchestration.home import Home
from tests.anomalies.detection import detect
from tests.control_totals.world import World

_KINDS = ("reading_high", "days_missing", "days_doubled", "usage_high", "usage_low")


def main(seeds: list[str]) -> None:
    """Prints injected and found faults by data set and kind, and what else was flagged."""
    for seed in seeds:
        with TemporaryDirectory() as folder:
            home = Home(Path(folder)).prepare()
            read_manifest(home)
            detection = detect(World(home.root), seed)
        for data_set in ("MAC", "tokens", "bursts"):
            for kind in _KINDS:
                faults = detection.of(data_set, kind)
                found = sum(map(detection.is_found, faults))
                print(f"{seed}: {data_set} {kind}: {found} of {len(faults)}")
            right, beside = detection.on_faulty(data_set)
            clean = detection.on_clean(data_set)
            print(f"{seed}: {data_set} flags: {len(right)} right, {len(beside)} beside a fault")
            for flag in (*clean, *beside):
                print(f"    {flag.kind} {flag.reason}")


if __name__ == "__main__":
    main(sys.argv[1:])
