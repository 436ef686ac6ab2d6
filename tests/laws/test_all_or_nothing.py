"""Law 6: a crash at any point of a close leaves the ledger as it was, or complete.

One home is closed by a process that is killed at one point after the other, then by one that
is left alone; another home is closed in peace. Both must hold the same, to the byte.
"""

import signal
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from orchestration.defs.billing import ledger
from orchestration.home import Home
from tests.laws.killed_close import POINTS, run
from tests.orchestration.company import FIRST_BILL_DATE, SECOND_BILL_DATE, land_company, leave

pytestmark = pytest.mark.slow

_ISSUING = list(POINTS).index("after the append, before the marts")


def _ledger(home: Home) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return {
            table: con.execute(f"select * from ledger.{table} order by all").fetchall()
            for table in ledger.ledger_tables()
        }


def _documents(home: Home) -> dict[str, bytes]:
    files = (path for path in home.documents.rglob("*") if path.is_file())
    return {str(path.relative_to(home.documents)): path.read_bytes() for path in files}


def test_a_close_killed_anywhere_is_completed_with_the_same_documents(
    new_home: Callable[[], Home],
) -> None:
    peaceful, troubled = new_home(), new_home()
    for home in (peaceful, troubled):
        land_company(home)
        assert run(home, "close", FIRST_BILL_DATE) == 0
        for number in range(4):
            leave(home.landing / "plans" / f"{number}.csv", f"plan_id,name\nX-{number},Other")
    assert run(peaceful, "close", SECOND_BILL_DATE) == 0
    before, complete = _ledger(troubled), _ledger(peaceful)
    assert len(complete["documents"]) == 4

    for place, point in enumerate(POINTS):
        killed = run(troubled, "close", SECOND_BILL_DATE, killed_at=point)
        assert killed == -signal.SIGKILL, point
        assert _ledger(troubled) == (before if place < _ISSUING else complete), point

    assert run(troubled, "close", SECOND_BILL_DATE) == 0
    assert run(troubled, "verify") == 0
    assert _ledger(troubled) == complete
    assert _documents(troubled) == _documents(peaceful)
