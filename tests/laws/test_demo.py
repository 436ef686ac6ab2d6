"""Laws 6, 7 and 9 on the demo: its rows in another order, its last close killed in the append.

Law 9 as far as its e-invoices go, by the official rules.

Laws 1 to 5 are what `releve verify` looks at, here on the same warehouse.
"""

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.home import Home
from orchestration.verification import verify
from tests.audit.explained import lines_that_do_not_hold
from tests.conftest import DEMO_CLOSES, DEMO_HELD
from tests.control_totals.world import World
from tests.laws.killed_close import run
from tests.laws.test_order_independence import ledger_of
from tests.renderers.einvoice.judging import assert_all_are_right

MIXED = {
    ".csv": "read_csv($files, all_varchar = true, union_by_name = true)",
    ".parquet": "read_parquet($files, union_by_name = true)",
}


def land_shuffled(folder: Path, home: Home) -> None:
    """Every table's CSV and Parquet rows as two files each, in the order of a hash.

    Other formats are copied, and so are the faulty rows, of which the first decides a conflict.
    """
    for table in sorted({path.name.partition(".")[0] for path in folder.iterdir()}):
        target = home.landing / table
        target.mkdir(parents=True, exist_ok=True)
        files = [*folder.glob(f"{table}.*"), *folder.glob(f"{table}/*")]
        mixed = [path for path in files if path.suffix in MIXED and "faulty" not in path.name]
        for path in set(files) - set(mixed):
            shutil.copy(path, target)
        for ending, read in MIXED.items():
            of_format = [str(path) for path in mixed if path.suffix == ending]
            for half in range(2) if of_format else ():
                with duckdb.connect() as con:
                    con.execute(
                        f"create table half as select * from {read} as landed"
                        " where hash(landed) % 2 = $half order by hash(landed)",
                        {"files": of_format, "half": half},
                    )
                    path = target / f"{folder.name}-{1 - half}{ending}"
                    con.execute(f"copy half to '{path}'")


@pytest.mark.slow
def test_the_demo_shuffled_and_killed_gives_the_same_ledger(
    closed_demo: Home, new_home: Callable[[], Home], project: Path
) -> None:
    demo = project / "seeds" / "demo"
    troubled = new_home()
    land_shuffled(demo / "landing", troubled)
    *first, last = (bill_date for dates in DEMO_CLOSES.values() for bill_date in dates)
    for bill_date in first:
        World(troubled.root).close(bill_date, DEMO_HELD)
    land_shuffled(demo / "late", troubled)
    before = ledger_of(troubled)

    killed = run(troubled, "close", last, killed_at="in the append, before the last table")
    assert killed == -signal.SIGKILL
    assert ledger_of(troubled) == before

    World(troubled.root).close(last, DEMO_HELD)
    complete = ledger_of(troubled)
    assert complete == ledger_of(closed_demo)
    assert len(complete["documents"]) == 278
    broken = [finding for finding in verify(troubled) if not finding.holds]
    assert [finding.sentence for finding in broken] == [
        "Every document has its files, every file its document"
    ]  # these closes make no documents
    assert assert_all_are_right(closed_demo.warehouse) == 278
    count, unexplained = lines_that_do_not_hold(closed_demo, every=8)
    assert count > 100
    assert unexplained == []
