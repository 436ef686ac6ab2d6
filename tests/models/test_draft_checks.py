"""The checks that stop a bill before it is issued, each on drafts that are right and wrong.

A document of 100.00, 20.00 of tax, 30.00 of it paid from credit: 90.00 are due.
"""

from typing import Any

import pytest

from orchestration.home import Home
from tests.models.compiled import Tables, compiled, rows_of

_BALANCE = "assert_drafted_amounts_balance"
_PRICED = "assert_no_payer_is_closed_with_an_item_that_has_no_price"
_HOLD = "assert_no_payer_is_closed_with_something_on_hold"

_NAMES = ("line_count", "net_amount", "tax_amount", "total_amount", "prepaid_amount", "due_amount")
_RIGHT = (2, 100, 20, 120, 30, 90)


@pytest.fixture(scope="module")
def checks(parsed_home: Home) -> dict[str, str]:
    return dict(compiled(parsed_home, _BALANCE, _PRICED, _HOLD))


def _drafts(amounts: tuple[Any, ...] = _RIGHT, kind: str = "invoice", tax: int = 20) -> Tables:
    return {
        "ledger.documents_to_issue": (
            "invoice_id text, invoice_number text, document_type text, "
            + ", ".join(f"{name} decimal(18, 2)" for name in _NAMES),
            [("i", "F-1", kind, *amounts)],
        ),
        "ledger.lines_to_issue": (
            "invoice_id text, net_amount decimal(18, 2)",
            [("i", 60), ("i", 40)],
        ),
        "ledger.taxes_to_issue": (
            "invoice_id text, taxable_amount decimal(18, 2), tax_amount decimal(18, 2)",
            [("i", 100, tax)],
        ),
        "ledger.drawdowns_to_issue": (
            "invoice_id text, drawn_amount decimal(18, 2)",
            [("i", 30)],
        ),
    }


def test_a_draft_that_adds_up_may_be_issued(checks: dict[str, str]) -> None:
    assert rows_of(checks[_BALANCE], _drafts()) == []


@pytest.mark.parametrize("name", _NAMES)
def test_a_draft_with_one_wrong_amount_may_not(checks: dict[str, str], name: str) -> None:
    place = _NAMES.index(name)
    wrong = (*_RIGHT[:place], _RIGHT[place] + 1, *_RIGHT[place + 1 :])
    assert len(rows_of(checks[_BALANCE], _drafts(wrong))) == 1


def test_a_credit_note_is_negative_and_taxes_add_up(checks: dict[str, str]) -> None:
    assert len(rows_of(checks[_BALANCE], _drafts(kind="credit_note"))) == 1
    assert len(rows_of(checks[_BALANCE], _drafts(tax=19))) == 1


def _run(**rows: list[tuple[Any, ...]]) -> Tables:
    """A run that closes A and bills B; further rows by table."""
    columns = {
        "ledger.closed_cycles_to_issue": "account_id text",
        "ledger.documents_to_issue": "account_id text",
        "intermediate.int_items_due": "payer_account_id text, rating_error text",
        "intermediate.int_items_taxed": "payer_account_id text, tax_error text",
        "intermediate.int_account_errors": "payer_account_id text, reason text",
        "intermediate.int_anomalies": "payer_account_id text, reason text, is_held boolean",
        "intermediate.int_document_gaps": "payer_account_id text, reason text, is_held boolean",
    }
    found = {"closed_cycles_to_issue": [("A",)], "documents_to_issue": [("B",)], **rows}
    return {
        table: (types, found.get(table.partition(".")[2], [])) for table, types in columns.items()
    }


@pytest.mark.parametrize("table", ["int_items_due", "int_items_taxed", "int_account_errors"])
def test_who_lacks_a_price_or_a_rate_is_neither_closed_nor_billed(
    checks: dict[str, str], table: str
) -> None:
    tables = _run(**{table: [("A", "no price"), ("B", "no price"), ("C", "no price")]})
    assert sorted(rows_of(checks[_PRICED], tables)) == [("A", "no price"), ("B", "no price")]
    assert rows_of(checks[_PRICED], _run(int_items_due=[("A", None)])) == []


@pytest.mark.parametrize("table", ["int_anomalies", "int_document_gaps"])
def test_who_is_on_hold_is_neither_closed_nor_billed(checks: dict[str, str], table: str) -> None:
    rows = [("A", "far too much", True), ("B", "far too much", False), ("C", "much", True)]
    assert rows_of(checks[_HOLD], _run(**{table: rows})) == [("A", "far too much")]
