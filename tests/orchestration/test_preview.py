"""`releve preview`: the bill that the next close makes, to the cent, with nothing written."""

import hashlib
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.cli import main
from orchestration.home import Home
from orchestration.preview import preview
from tests.orchestration.company import (
    FIRST_BILL_DATE,
    SECOND_BILL_DATE,
    land_company,
    land_customer_without_price,
    leave,
)


def _files(home: Home) -> dict[Path, str]:
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in home.root.rglob("*")
        if path.is_file() and path != home.lock
    }


@pytest.mark.slow
def test_a_preview_is_the_close_that_follows_and_writes_nothing(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    land_company(home)
    assert main(["close", FIRST_BILL_DATE]) == 0
    leave(
        home.landing / "subscription_changes.csv",
        """
        change_id,subscription_id,effective_on,change
        end,S-1,2024-01-15,cancel
        """,
    )
    land_customer_without_price(home)
    before = _files(home)
    capsys.readouterr()

    assert main(["preview", "--on", SECOND_BILL_DATE]) == 3
    words = capsys.readouterr().out
    # Cancelled from 15 January: 100.00 * 14 / 31 = 45.16, so 45.16 - 100.00 = -54.84 and 20 %.
    assert "A-1: credit_note of 2024-02-01, -54.84 + -10.97 tax = -65.81 EUR" in words
    assert "A-2: invoice of 2024-02-01, 100.00 + 20.00 tax = 120.00 EUR" in words
    assert "A-3 would be held: charge C-1 has no price in GBP" in words
    bill = preview(home, date.fromisoformat(SECOND_BILL_DATE), "A-2", print)
    assert [document["account_id"] for document in bill.documents] == ["A-2"]
    assert not bill.held
    assert _files(home) == before

    bill = preview(home, date.fromisoformat(SECOND_BILL_DATE), None, print)
    assert main(["close", SECOND_BILL_DATE]) == 3
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        issued = con.execute(
            "select invoice_number, net_amount, tax_amount, due_amount from ledger.documents"
            f" where bill_date = date '{SECOND_BILL_DATE}' order by ledger_position"
        ).fetchall()
    names = ("invoice_number", "net_amount", "tax_amount", "due_amount")
    assert [tuple(document[name] for name in names) for document in bill.documents] == issued
