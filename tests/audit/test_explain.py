"""`releve explain`: every amount back to its rows, and a sentence where it does not add up."""

import re

import duckdb
import pytest

from orchestration.cli import DONE, FAILED
from orchestration.cli import main as releve
from orchestration.home import Home
from tests.audit.explained import lines_that_do_not_hold


def line_of(home: Home, condition: str) -> list[str]:
    """Number of the document and the line, for the command line, of the first such line."""
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        found = con.execute(
            "select invoice_number, line_number from ledger.lines as lines"
            " inner join ledger.documents as documents using (invoice_id)"
            f" where {condition} order by lines.ledger_position limit 1"
        ).fetchone()
    assert found
    return [str(value) for value in found]


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What was printed, its runs of spaces as one."""
    return [re.sub(" +", " ", line).strip() for line in capsys.readouterr().out.splitlines()]


@pytest.mark.slow
def test_every_line_of_the_worked_world_adds_up_from_its_rows_and_events(closed: Home) -> None:
    count, broken = lines_that_do_not_hold(closed)
    assert count > 40
    assert broken == []


@pytest.mark.slow
def test_tiers_are_shown_with_the_rows_of_their_prices_and_the_files_of_their_events(
    copy: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    # g1 used the gas of 52 days, 0 to 6 m³ and some thousandths a day: 31 days in January.
    line = line_of(copy, "charge_id = 'gas-use' and subscription_id = 'g1' and line_type = 'usage'")
    assert releve(["explain", *line]) == DONE
    text = said(capsys)
    assert "above 0 to 10 2.00 EUR prices/2024-02-01.csv row 2" in text
    assert "above 10 3.123456789 EUR prices/2024-02-01.csv row 3" in text
    assert "10 x 2.00 EUR 20.00 EUR" in text
    assert any("x 3.123456789 EUR" in line for line in text)
    assert any("events of usage_events/2024-02-01.csv" in line for line in text)
    assert not any("DOES NOT HOLD" in line for line in text)


@pytest.mark.slow
def test_late_and_withdrawn_events_are_those_of_the_line_that_bills_them(
    copy: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    late = line_of(
        copy, "line_type = 'adjustment' and charge_id = 'gas-use' and subscription_id = 'g1'"
    )
    assert releve(["explain", *late, "--events"]) == DONE
    text = said(capsys)
    assert "1 events of usage_events/2024-03-01.csv 12.5" in text
    assert any(line.startswith("2024-01-20 10:00:00 UTC late-1 12.5 ") for line in text)
    gone = line_of(
        copy, "line_type = 'adjustment' and charge_id = 'gas-use' and subscription_id = 'g2'"
    )
    assert releve(["explain", *gone, "--events"]) == DONE
    assert any("g2-2024-01-18 taken back -" in line for line in said(capsys))


@pytest.mark.slow
def test_a_whole_document_adds_up_its_lines_taxes_and_credit(
    copy: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    with duckdb.connect(str(copy.warehouse), read_only=True) as con:
        (number,) = con.execute(
            "select min(invoice_number) from ledger.documents where prepaid_amount > 0"
        ).fetchall()[0]
    assert releve(["explain", number]) == DONE
    text = said(capsys)
    assert "holds each line adds up from its parts" in text
    assert any(line.startswith("lot ") and "prepaid_credits/" in line for line in text)


@pytest.mark.slow
def test_an_amount_that_was_rewritten_does_not_add_up(
    copy: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    line = line_of(copy, "charge_id = 'seat' and line_type = 'recurring'")
    with duckdb.connect(str(copy.warehouse)) as con:
        con.execute(
            "update ledger.lines set net_amount = net_amount + 1, present_worth = present_worth + 1"
            " where line_id = (select line_id from ledger.lines inner join ledger.documents"
            " using (invoice_id) where invoice_number = ? and line_number = ?)",
            line,
        )
    assert releve(["explain", *line]) == FAILED
    assert any(line.startswith("DOES NOT HOLD the parts add up to") for line in said(capsys))
    assert releve(["explain", line[0]]) == FAILED


@pytest.mark.slow
@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (["INV-2024-00001"], "there is no document INV-2024-00001; there are INV-2024-000001, "),
        (["INV-2024-000001", "99"], "INV-2024-000001 has no line 99: its lines are 1 to "),
    ],
)
def test_what_there_is_not_is_said_with_what_there_is(
    asked: list[str], answer: str, copy: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert copy.warehouse.exists()
    assert releve(["explain", *asked]) == FAILED
    assert answer in capsys.readouterr().err
