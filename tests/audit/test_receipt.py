"""A receipt tells a ledger that was rewritten, with all its hashes, from one that grew."""

import json
import re
from pathlib import Path

import duckdb
import pytest

from orchestration.cli import DONE, FAILED
from orchestration.cli import main as releve
from orchestration.defs.billing import ledger
from orchestration.home import Home
from orchestration.receipt import digest_of, make_receipt, read_receipt
from orchestration.verification import verify

# These closes make no documents.
_WITHOUT_FILES = {"Every document has its files, every file its document"}
_OF_RECEIPT = "What the receipt says was issued is in the ledger, as it was"


def broken(home: Home, receipt: Path | None = None) -> dict[str, list[str]]:
    """What does not hold, by law."""
    return {
        finding.sentence: list(finding.violations)
        for finding in verify(home, receipt)
        if not finding.holds and finding.sentence not in _WITHOUT_FILES
    }


def move_an_amount(home: Home) -> int:
    """Move 1.00 from one line of a document to another, and make every hash anew.

    By the product's own code, as who can write the warehouse could. The position of the line.
    """
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("set TimeZone = 'UTC'")
        (positions,) = con.execute(
            "select list(ledger_position order by ledger_position)[:2] from ledger.lines"
            " where line_type = 'recurring' and item_id in"
            " (select item_id from ledger.lines group by item_id having count(*) = 1)"
            " group by invoice_id, tax_category, tax_rate having count(*) > 1"
            " order by min(ledger_position) limit 1"
        ).fetchall()[0]
        for position, amount in zip(positions, (1, -1), strict=True):
            con.execute(
                "update ledger.lines set net_amount = net_amount + ?,"
                " present_worth = present_worth + ? where ledger_position = ?",
                [amount, amount, position],
            )
        contents = con.execute(
            f"select ledger_position, {ledger._content_hash('lines')} from ledger.lines"
            " order by ledger_position"
        ).fetchall()
        links = ledger._links(contents, ledger.GENESIS)
        con.executemany(
            "update ledger.lines set content_hash = ?, previous_hash = ?, row_hash = ?"
            " where ledger_position = ?",
            list(
                zip(
                    *(links[name] for name in ("content_hash", "previous_hash", "row_hash")),
                    links["ledger_position"],
                    strict=True,
                )
            ),
        )
    return int(positions[0])


@pytest.mark.slow
def test_a_ledger_rewritten_with_all_its_hashes_is_told_from_its_receipt(
    copy: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt = tmp_path / "receipt.json"
    assert releve(["receipt", str(receipt)]) == DONE
    digest = json.loads(receipt.read_text())["sha256"]
    assert digest in capsys.readouterr().out
    assert receipt.stat().st_mode & 0o777 == 0o600
    assert broken(copy, receipt) == {}

    position = move_an_amount(copy)
    assert broken(copy) == {}
    found = broken(copy, receipt)
    assert list(found) == [_OF_RECEIPT]
    (violation,) = found[_OF_RECEIPT]
    named = re.match(r"ledger.lines: rows? (\d+)(?:-(\d+))? ", violation)
    assert named
    assert int(named[1]) <= position <= int(named[2] or named[1])
    assert releve(["verify", "--receipt", str(receipt)]) == FAILED


@pytest.mark.slow
def test_a_ledger_that_grew_is_still_the_one_of_its_receipt(copy: Home, tmp_path: Path) -> None:
    # What was made when each table was half as long: the marks of the other half were not there.
    receipt = tmp_path / "receipt.json"
    with duckdb.connect(str(copy.warehouse)) as con:
        con.execute("set TimeZone = 'UTC'")
        made = make_receipt(con)
    del made["sha256"]
    made["tables"] = {table: marks[: len(marks) // 2] for table, marks in made["tables"].items()}
    receipt.write_text(json.dumps({**made, "sha256": digest_of(made)}))
    assert len(read_receipt(receipt)["tables"]["lines"]) > 20
    assert broken(copy, receipt) == {}


@pytest.mark.slow
def test_a_receipt_that_was_changed_is_refused(
    copy: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt = tmp_path / "receipt.json"
    assert releve(["receipt", str(receipt)]) == DONE
    said = json.loads(receipt.read_text())
    said["tables"]["lines"][-1][1] = ledger.GENESIS
    receipt.write_text(json.dumps(said))
    assert releve(["verify", "--receipt", str(receipt)]) == FAILED
    assert "is not as it was made" in capsys.readouterr().err
    assert releve(["verify", "--receipt", str(tmp_path / "none.json")]) == FAILED
    assert "there is no file" in capsys.readouterr().err
    assert copy.warehouse.exists()
