"""Seconds by stage, from files to ledger, as multiples of one scan-and-group of the same events.

    python -m bench.stages [small | middle | large | history]...

Prints, for each world, medians of its runs: the floor (DuckDB scans the Parquet file and groups
it by subscription, meter and month), landing, the models by folder, the append to the ledger;
then the closes that follow, with 1 % more events of the next month, with 1 % late ones of the
closed month, and with nothing new; and the most memory that was held. `history` closes 24 months
of a small company, each with the same number of events. Never a test.

dbt builds two models at once: a folder's seconds are its share of the clock.
"""

import os
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TypeVar

import duckdb

from bench import worlds
from bench.worlds import World
from orchestration.database import open_warehouse
from orchestration.defs.billing import ledger
from orchestration.defs.billing.manifest import read_manifest
from orchestration.defs.billing.resources import Dbt
from orchestration.defs.landing.load import land
from orchestration.home import Home

Result = TypeVar("Result")
Seconds = dict[str, float]

WORLDS = {"small": worlds.SMALL, "middle": worlds.MIDDLE, "large": worlds.LARGE}
RUNS = {"small": 3, "middle": 3, "large": 1}
HISTORY = World(events=100_000, subscriptions=5_000, accounts=2_000)
MONTHS = 24
FOLDERS = ("staging", "alignment", "metering", "rating", "consolidation", "ledger")
TOTAL = "whole close"


def main(names: list[str]) -> None:
    """Measure each world in a process of its own, for the sake of its memory."""
    for name in names:
        if os.fork() == 0:
            if name == "history":
                in_new_home(measure_history)
            else:
                measure(name)
            os._exit(0)
        os.wait()


def measure(name: str) -> None:
    """Everything that is printed of one world."""
    world, runs = WORLDS[name], RUNS[name]
    print(
        f"\n{name}: {world.events:,} events, {world.subscriptions:,} subscriptions,"
        f" {world.accounts:,} invoices; median of {runs}"
    )
    results = [in_new_home(lambda home: run(home, world)) for _ in range(runs)]
    floor = median(found["floor"]["floor"] for found in results)
    for close in ("first", "next", "late", "nothing"):
        stages = list(results[0][close])
        found = {stage: median(each[close][stage] for each in results) for stage in stages}
        if close == "first":
            print(f"  {'floor':34} {floor:8.2f} s")
            print_stages(found, floor)
            first = found[TOTAL]
            print(f"  {'':34} {world.events / first:,.0f} events a second")
            priced = found["metering"] + found["rating"]
            print(f"  {'metering and rating':34} {priced:8.2f} s {priced / floor:8.1f} floors")
            landed = found["landing"] + found["staging"] + found["alignment"] + priced
            print(f"  {'landing to rating':34} {landed:8.2f} s {landed / floor:8.1f} floors")
        else:
            what = {
                "next": "1 % more, of the next month, closed",
                "late": "1 % late, of 1 % of subscriptions",
                "nothing": "nothing new",
            }[close]
            share = found[TOTAL] / first
            print(f"  {what:34} {found[TOTAL]:8.2f} s {share:8.0%} of the first")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000_000
    print(f"  {'most memory held':34} {peak:8.1f} GB")


def run(home: Home, world: World) -> dict[str, Seconds]:
    """Seconds by stage of four closes of a new home, and of the floor."""
    read_manifest(home)  # Parsed once for each version of the project, not by each close.
    worlds.write_company(home.landing, world)
    events = worlds.write_events(home.landing, "first", world.events, world.subscriptions)
    os.sync()
    floors = [timed(lambda: scan_and_group(events))[0] for _ in range(5)]
    found = {"floor": {"floor": median(floors)}, "first": close(home, "2024-02-01")}
    more = world.events // 100
    worlds.write_events(home.landing, "next", more, world.subscriptions, "2024-02-01")
    found["next"] = close(home, "2024-03-01")
    worlds.write_events(home.landing, "late", more, world.subscriptions // 100)
    found["late"] = close(home, "2024-03-02")
    found["nothing"] = close(home, "2024-03-03")
    return found


def measure_history(home: Home) -> None:
    """The seconds of each of 24 monthly closes of the same size."""
    print(f"\nhistory: {HISTORY.events:,} events and {HISTORY.accounts:,} invoices a month")
    read_manifest(home)
    worlds.write_company(home.landing, HISTORY)
    seconds = []
    for month in range(MONTHS):
        first_day = f"{2024 + month // 12}-{month % 12 + 1:02}-01"
        bill_date = f"{2024 + (month + 1) // 12}-{(month + 1) % 12 + 1:02}-01"
        worlds.write_events(
            home.landing, f"month-{month}", HISTORY.events, HISTORY.subscriptions, first_day
        )
        seconds.append(close(home, bill_date)[TOTAL])
        print(f"  month {month + 1:2} {seconds[-1]:8.2f} s", flush=True)
    early, late = median(seconds[1:4]), median(seconds[-3:])
    print(f"  median of months 22 to 24: {late / early:.0%} of that of months 2 to 4")


def close(home: Home, bill_date: str) -> Seconds:
    """One close from files to ledger; its seconds by stage."""
    found: Seconds = {}
    begun = time.perf_counter()
    day = date.fromisoformat(bill_date)
    with open_warehouse(home) as con:
        found["landing"], _ = timed(lambda: land(con, home.landing, lambda _: None))
        ledger.create_ledger(con)
        con.execute("delete from raw.bill_run_request")
        con.execute("insert into raw.bill_run_request values (?, '')", [day])
        nodes = drafted_nodes(home)
        wall, results = timed(lambda: Dbt().build(home, list(nodes), lambda _: None))
        by_folder: dict[str, float] = defaultdict(float)
        for result in results:
            if result.is_error:
                raise RuntimeError(f"{result.name}: {result.message}")
            by_folder[nodes[result.name]] += result.seconds
        for folder in FOLDERS:
            found[folder] = by_folder[folder] * wall / sum(by_folder.values())
        found["append"], summary = timed(lambda: ledger.append(con, day))
    found[TOTAL] = time.perf_counter() - begun
    print(
        f"    {bill_date}: {found[TOTAL]:.1f} s, {len(summary.document_ids):,} documents; slowest "
        + ", ".join(
            f"{each.name} {each.seconds:.1f}"
            for each in sorted(results, key=lambda each: -each.seconds)[:4]
        ),
        file=sys.stderr,
    )
    return found


def drafted_nodes(home: Home) -> dict[str, str]:
    """The models and seeds up to what is issued, by name, with their folder."""
    found = {}
    for node in read_manifest(home)["nodes"].values():
        if node["resource_type"] == "seed":
            found[node["name"]] = "seeds"
        elif node["resource_type"] == "model" and node["fqn"][1] != "marts":
            found[node["name"]] = next(part for part in FOLDERS if part in node["fqn"])
    return found


def scan_and_group(events: Path) -> None:
    """The least that any rating of these events must do, its months in UTC, without a zone."""
    duckdb.execute(
        f"""
        select subscription_id, meter_id,
            date_trunc('month', make_timestamp(epoch_us(occurred_at))), sum(quantity)
        from '{events}'
        group by all
        """
    ).fetchall()


def print_stages(stages: Seconds, floor: float) -> None:
    """Each stage in seconds and floors."""
    for stage, seconds in stages.items():
        print(f"  {stage:34} {seconds:8.2f} s {seconds / floor:8.1f} floors")


def in_new_home(work: Callable[[Home], Result]) -> Result:
    """What comes of work in a home that is gone afterwards."""
    with TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        return work(Home(Path(folder)).prepare())


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds on the clock, and what came of it."""
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


if __name__ == "__main__":
    main(sys.argv[1:] or [*WORLDS, "history"])
