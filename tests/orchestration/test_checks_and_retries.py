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

_build = Dbt.build


def _ledger_rows(home: Home) -> int:
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return sum(
            row[0]
            for table in ledger.ledger_tables()
            if (row := con.execute(f"select count(*) from ledger.{table}").fetchone())
        )


def _spoiled_after_the_models(statement: str) -> Callable[..., list[NodeResult]]:
    """A build in which a statement changes the drafts between the models and their tests."""

    def build(
        dbt: Dbt, home: Home, nodes: Sequence[str], report: Callable[[str], None]
    ) -> list[NodeResult]:
        # A test of one model is named after it and what it asks of its columns.
        models = [node for node in nodes if node.startswith(("stg_", "int_", "peak_"))]
        models += [node for node in nodes if node.endswith("_to_issue")]
        models += ["currencies", "document_needs", "tax_reasons", "vat_territories"]
        results = _build(dbt, home, models, report)
        with open_warehouse(home) as con:
            con.execute(statement)
        return results + _build(dbt, home, [n for n in nodes if n not in models], report)

    return build


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

    spoilings = {
        "update intermediate.int_documents_drafted set total_amount = total_amount + 1": (
            "assert_drafted_amounts_balance"
        ),
        "insert into intermediate.int_account_errors"
        " select payer_account_id, bill_date, payer_account_id, 'E-1', 'a price is missing'"
        " from intermediate.int_payers_in_run where payer_account_id = 'A-1'": (
            "assert_no_payer_is_closed_with_an_item_that_has_no_price"
        ),
    }
    for statement, check in spoilings.items():
        with monkeypatch.context() as spoiled:
            spoiled.setattr(Dbt, "build", _spoiled_after_the_models(statement))
            assert main(["close", FIRST_BILL_DATE]) == FAILED
        words = capsys.readouterr().err
        assert check in words
        assert "nothing is issued" in words
        assert _ledger_rows(home) == 0
        assert not home.marts.exists()
        assert not list(home.documents.rglob("*.*"))
        key = dg.AssetCheckKey(dg.AssetKey(["ledger", "documents_to_issue"]), check)
        if check == "assert_drafted_amounts_balance":
            key = dg.AssetCheckKey(dg.AssetKey(["ledger", "lines_to_issue"]), check)
        assert _last_checks(home, key) in ({check: (False, "ERROR")}, {})

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
