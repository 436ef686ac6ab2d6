"""What stops a close before it bills, what only warns, and what is tried again by itself.

Each fault is put into a close of one company, which is closed without one at the end.
"""

from collections.abc import Callable, Sequence
from typing import Any

import dagster as dg
import duckdb
import pytest

from orchestration.cli import FAILED, SOME_HELD, main
from orchestration.database import open_warehouse
from orchestration.defs.billing import ledger
from orchestration.defs.billing.resources import Dbt, NodeResult
from orchestration.defs.documents import assets as documents
from orchestration.defs.publishing import assets as publishing
from orchestration.home import Home
from orchestration.instance import open_instance
from tests.orchestration.company import FIRST_BILL_DATE, land_company, land_customer_without_price

pytestmark = pytest.mark.slow

_BALANCE = "assert_drafted_amounts_balance"

_build = Dbt.build


def _ledger_rows(home: Home) -> int:
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return sum(
            row[0]
            for table in ledger.ledger_tables()
            if (row := con.execute(f"select count(*) from ledger.{table}").fetchone())
        )


def _build_of_drafts_that_do_not_add_up(
    dbt: Dbt, home: Home, nodes: Sequence[str], report: Callable[[str], None]
) -> list[NodeResult]:
    """Total amounts change between the models and the test that adds them up."""
    before = [node for node in nodes if node != _BALANCE]
    results = _build(dbt, home, before, report)
    with open_warehouse(home) as con:
        con.execute("update intermediate.int_documents_drafted set total_amount = total_amount + 1")
    return results + _build(dbt, home, [_BALANCE], report)


def _failing_once(function: Callable[..., Any], calls: list[str]) -> Callable[..., Any]:
    def once(*arguments: Any, **named: Any) -> Any:
        calls.append(function.__name__)
        if calls.count(function.__name__) == 1:
            raise OSError("the disk is busy")
        return function(*arguments, **named)

    return once


def _last_checks(home: Home, *keys: dg.AssetCheckKey) -> dict[str, tuple[bool, str]]:
    """Of each check, whether it passed, and how grave it is."""
    with open_instance(home) as instance:
        found = instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
    checks = {}
    for key, record in found.items():
        assert record.event is not None
        assert record.event.dagster_event is not None
        evaluation = record.event.dagster_event.asset_check_evaluation_data
        checks[key.name] = (evaluation.passed, evaluation.severity.value)
    return checks


def test_a_close_bills_nothing_on_a_fault_and_everything_after_it(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two customers of 100.00 and 20 %: two documents of 120.00, and a third who is held."""
    land_company(home)
    land_customer_without_price(home)

    with monkeypatch.context() as spoiled:
        spoiled.setattr(Dbt, "build", _build_of_drafts_that_do_not_add_up)
        assert main(["close", FIRST_BILL_DATE]) == FAILED
    words = capsys.readouterr().err
    assert _BALANCE in words
    assert "nothing is issued" in words
    balance = dg.AssetCheckKey(dg.AssetKey(["ledger", "taxes_to_issue"]), _BALANCE)
    assert _last_checks(home, balance) == {_BALANCE: (False, "ERROR")}
    assert _ledger_rows(home) == 0
    assert not home.marts.exists()
    assert not list(home.documents.rglob("*.*"))

    calls: list[str] = []
    with monkeypatch.context() as faulty:
        faulty.setattr(ledger, "append", _failing_once(ledger.append, calls))
        assert main(["close", FIRST_BILL_DATE]) == FAILED
    assert calls == ["append"]
    assert "the disk is busy" in capsys.readouterr().err
    assert _ledger_rows(home) == 0

    calls.clear()
    with monkeypatch.context() as faulty:
        for module, name in ((publishing, "publish"), (documents, "render_documents")):
            faulty.setattr(module, name, _failing_once(getattr(module, name), calls))
        assert main(["close", FIRST_BILL_DATE]) == SOME_HELD
    assert calls == ["publish", "publish", "render_documents", "render_documents"]
    assert len(list(home.documents.glob("E-1/2024/F*.pdf"))) == 2
    with duckdb.connect(str(home.marts), read_only=True) as con:
        assert con.execute("select count(*) from invoices").fetchone() == (2,)

    held = dg.AssetCheckKey(dg.AssetKey(["marts", "held_accounts"]), "nobody_is_held")
    waiting = dg.AssetCheckKey(dg.AssetKey(["marts", "waiting_rows"]), "no_row_waits")
    assert _last_checks(home, held, waiting) == {
        "nobody_is_held": (False, "WARN"),
        "no_row_waits": (True, "WARN"),
    }
    assert main(["verify"]) == 0
