"""How long landing takes, as a multiple of one scan-and-group of the same file.

Usage: python bench/landing.py [MILLIONS] [FOLDER]. Prints seconds and the ratio; never a test.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from orchestration.defs.landing.load import land

_EVENTS = """
    copy (
        select
            'event-' || number as event_id,
            'subscription-' || number * 7919 % 50000 as subscription_id,
            'meter-' || number % 7 as meter_id,
            timestamptz '2024-01-01 00:00:00+00' + to_seconds(number % 2678400) as occurred_at,
            cast(number % 9973 as decimal(18, 6)) as quantity
        from (
            -- One event in two hundred is sent twice.
            select number from range({count}) as events(number)
            union all
            select number from range(0, {count}, 200) as repeats(number)
        )
    ) to '{path}' (format parquet)
"""


def main(millions: float, folder: Path) -> None:
    """Write the file once, time both, print."""
    landing = folder / "landing"
    landing.mkdir(parents=True, exist_ok=True)
    path = landing / "usage_events.parquet"
    duckdb.execute(_EVENTS.format(count=int(millions * 1_000_000), path=path))
    print(f"{path.stat().st_size // 1_000_000} MB")
    scan, scan_processor = min(_timed(lambda: _scan_and_group(path)) for _ in range(3))
    print(f"scan and group: {scan:.2f} s, {scan_processor:.2f} s of processor time")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as con:
        landed, processor = _timed(lambda: land(con, landing, print))
    print(f"landing: {landed:.2f} s, {processor:.2f} s of processor time")
    print(f"{landed / scan:.1f} times the scan, {processor / scan_processor:.1f} by processor time")


def _scan_and_group(path: Path) -> None:
    duckdb.execute(
        f"select subscription_id, meter_id, sum(quantity) from '{path}' group by all"
    ).fetchall()


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock and of all processors together; other programs slow the first only."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


if __name__ == "__main__":
    size = float(sys.argv[1]) if len(sys.argv) > 1 else 20
    if len(sys.argv) > 2:
        main(size, Path(sys.argv[2]))
    else:
        with TemporaryDirectory() as temporary:
            main(size, Path(temporary))
