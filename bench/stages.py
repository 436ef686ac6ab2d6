"""Seconds by stage, from files to ledger, as multiples of one scan-and-group of the same events.

    python -m bench.stages [small | middle | large]...

Prints, for each world: the floor (DuckDB scans the Parquet file and groups a month of it by
subscription and meter), landing, the models by folder, the append to the ledger, a second close
with 1 % more events, one with nothing new, and the most memory that was held. Never a test.
"""

import os
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import duckdb

from bench import worlds
from orchestration.database import open_warehouse
from orchestration.defs.billing import ledger
from orchestration.defs.billing.manifest import read_manifest
from orchestration.defs.billing.resources import Dbt
from orchestration.defs.landing.load import land
from orchestration.home import Home

Result = TypeVar("Result")

WORLDS = {"small": worlds.SMALL, "middle": worlds.MIDDLE, "large": worlds.LARGE}
DRAFTS = ("seeds", "staging", "intermediate", "ledger")


def main(names: list[str]) -> None:
    """Measure each world in a process of its own, for the sake of its memory."""
    for name in names:
        if os.fork() == 0:
            with TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
                measure(name, Home(Path(folder)).prepare())
            os._exit(0)
        os.wait()


def measure(name: str, home: Home) -> None:
    """Everything that is printed of one world."""
    world = WORLDS[name]
    print(f"\n{name}: {world.events:,} events, {world.subscriptions:,} subscriptions")
    worlds.write(home.landing, world, share="most")
    events = home.landing / "usage_events" / "most.parquet"
    floor = sorted(timed(lambda: scan_and_group(events))[0] for _ in range(3))[1]
    report("floor", floor, floor)

    nodes = selected_nodes(home)
    first = close(home, nodes, worlds.BILL_DATE, floor, world.events, land_first=True)
    worlds.write(home.landing, world, share="rest")
    second = close(home, nodes, "2024-03-01", floor, world.events // 100, land_first=True)
    third = close(home, nodes, "2024-03-01", floor, 0, land_first=False)
    print(f"  1 % more: {second / first:.0%} of the first close; nothing new: {third:.1f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000_000
    print(f"  most memory held: {peak:.1f} GB")


def close(
    home: Home,
    nodes: dict[str, str],
    bill_date: str,
    floor: float,
    events: int,
    *,
    land_first: bool,
) -> float:
    """One close from files to ledger, printed by stage; its seconds."""
    begun = time.perf_counter()
    if land_first:
        with open_warehouse(home) as con:
            report("landing", timed(lambda: land(con, home.landing, lambda _: None))[0], floor)
    day = date.fromisoformat(bill_date)
    with open_warehouse(home) as con:
        ledger.create_ledger(con)
        con.execute("delete from raw.bill_run_request")
        con.execute("insert into raw.bill_run_request values (?, '')", [day])
    drafted = [node for node, folder in nodes.items() if folder in {*DRAFTS, *MODEL_FOLDERS}]
    wall, results = timed(lambda: Dbt().build(home, drafted, lambda _: None))
    by_folder: dict[str, float] = defaultdict(float)
    for result in results:
        if result.is_error:
            raise RuntimeError(f"{result.name}: {result.message}")
        by_folder[nodes[result.name]] += result.seconds
    for folder in MODEL_FOLDERS:
        report(folder, by_folder[folder], floor)
    report("models, on the clock", wall, floor)
    slowest = sorted(results, key=lambda result: -result.seconds)[:6]
    print("    " + ", ".join(f"{each.name} {each.seconds:.1f}" for each in slowest))
    with open_warehouse(home) as con:
        seconds, summary = timed(lambda: ledger.append(con, day))
    report(f"append of {len(summary.document_ids):,} documents", seconds, floor)
    total = time.perf_counter() - begun
    rate = f", {events / total:,.0f} events a second" if events else ""
    print(f"  closed {bill_date} in {total:.1f} s{rate}")
    return total


MODEL_FOLDERS = ("staging", "alignment", "metering", "rating", "consolidation", "ledger")


def selected_nodes(home: Home) -> dict[str, str]:
    """The models and seeds of the project by name, with their folder."""
    nodes = read_manifest(home)["nodes"].values()
    found = {}
    for node in nodes:
        if node["resource_type"] == "seed":
            found[node["name"]] = "seeds"
        elif node["resource_type"] == "model":
            folders = Path(node["original_file_path"]).parts
            found[node["name"]] = next(f for f in (*MODEL_FOLDERS, "marts") if f in folders)
    return found


def scan_and_group(events: Path) -> None:
    """The least that any rating of these events must do: one month, by subscription and meter."""
    duckdb.execute(
        f"""
        select subscription_id, meter_id, sum(quantity)
        from '{events}'
        where occurred_at >= timestamptz '{worlds.FIRST_DAY} 00:00:00+00'
            and occurred_at < timestamptz '{worlds.BILL_DATE} 00:00:00+00'
        group by all
        """
    ).fetchall()


def report(what: str, seconds: float, floor: float) -> None:
    """One stage, in seconds and floors."""
    print(f"  {what:30} {seconds:8.2f} s {seconds / floor:8.2f} floors")


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds on the clock, and what came of it."""
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


if __name__ == "__main__":
    main(sys.argv[1:] or list(WORLDS))
