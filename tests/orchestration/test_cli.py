"""What a person or a script sees of `releve`: its words and its exit codes."""

from decimal import Decimal

import duckdb
import pytest

from orchestration.cli import main
from orchestration.defs.documents.ledger_reader import Selection, read_documents
from orchestration.defs.documents.render import document_path
from orchestration.home import Home
from renderers.document import Document
from tests.orchestration.company import (
    FIRST_BILL_DATE,
    SECOND_BILL_DATE,
    land_company,
    land_customer_without_price,
    leave,
)
from tests.renderers.faces import differences
from tests.renderers.verapdf import broken_rules

Output = pytest.CaptureFixture[str]


def test_a_date_that_is_none_is_refused_with_an_example(capsys: Output) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["close", "31/01/2024"])
    assert refused.value.code == 2
    assert "'31/01/2024' is not a date; write it as 2024-01-31" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_refused(capsys: Output) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["land", "/no/such/folder"])
    assert refused.value.code == 2
    assert "'/no/such/folder' is not a folder" in capsys.readouterr().err


def test_a_command_is_required(capsys: Output) -> None:
    with pytest.raises(SystemExit) as refused:
        main([])
    assert refused.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


def test_landing_counts_rows_and_names_refused_files(home: Home, capsys: Output) -> None:
    land_company(home)
    (home.landing / "meters.csv").write_bytes(b"\x00\x01\x02")
    assert main(["land"]) == 0
    words = capsys.readouterr().out
    assert "accounts              1       2         2          0         0" in words
    assert "refused meters.csv: " in words
    assert main(["land"]) == 0
    assert "Nothing new to land." in capsys.readouterr().out


def assert_faces_of_one_amount(home: Home) -> None:
    """Marts, ledger and files of every document show the same totals."""
    names = ("net_amount", "tax_amount", "total_amount", "prepaid_amount", "due_amount")
    with duckdb.connect(str(home.marts), read_only=True) as con:
        marts = {
            number: amounts
            for number, *amounts in con.execute(
                f"select invoice_number, {', '.join(names)} from marts.invoices"
            ).fetchall()
        }
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        for document in read_documents(con, Selection()):
            assert isinstance(document, Document)
            shown = [getattr(document.totals, name) for name in names]
            assert shown == marts.pop(document.header.number)
            pdf = document_path(home.documents, document, "pdf").read_bytes()
            page = document_path(home.documents, document, "html").read_text("utf-8")
            assert list(differences(document, pdf, page)) == []
    assert not marts


def test_a_company_is_billed_once_and_its_ledger_keeps_the_laws(home: Home, capsys: Output) -> None:
    land_company(home)

    assert main(["close", FIRST_BILL_DATE]) == 0
    words = capsys.readouterr().out
    assert "Closed 2024-01-01: 2 documents, 2 lines." in words
    assert "EUR 240.00 with tax" in words
    assert len(list(home.documents.glob("E-1/2024/F*.pdf"))) == 2
    with duckdb.connect(str(home.marts), read_only=True) as con:
        totals = con.execute("select total_amount from marts.invoices").fetchall()
    assert totals == [(Decimal("120.0000"),), (Decimal("120.0000"),)]

    assert main(["close", FIRST_BILL_DATE]) == 0
    assert "nothing was issued" in capsys.readouterr().out

    land_customer_without_price(home)
    assert main(["close", SECOND_BILL_DATE]) == 3
    words = capsys.readouterr().out
    assert "Closed 2024-02-01: 2 documents, 2 lines." in words
    assert "A-3 on 2024-02-01: " in words

    assert main(["close", FIRST_BILL_DATE]) == 0
    assert "2024-02-01 is closed already" in capsys.readouterr().out

    assert broken_rules(sorted(home.documents.rglob("*.pdf"))) == []
    assert_faces_of_one_amount(home)

    (missing,) = home.documents.glob("E-1/2024/F*1.pdf")
    (altered,) = home.documents.glob("E-1/2024/F*2.html")
    before = missing.read_bytes(), altered.read_bytes()
    missing.unlink()
    altered.write_bytes(before[1].replace(b"120", b"12"))
    assert main(["verify"]) == 1
    words = capsys.readouterr().out
    assert f"{missing.stem}: its pdf is missing" in words
    assert f"{altered.stem}: its html was altered" in words
    assert main(["render", "--invoice", missing.stem]) == 0
    assert "1 documents rendered." in capsys.readouterr().out
    assert main(["render"]) == 0
    assert "1 documents rendered." in capsys.readouterr().out
    assert (missing.read_bytes(), altered.read_bytes()) == before
    assert main(["render"]) == 0
    assert "0 documents rendered." in capsys.readouterr().out
    assert main(["render", "--again", "--invoice", missing.stem]) == 0
    assert "1 documents rendered." in capsys.readouterr().out
    assert missing.read_bytes() == before[0]
    assert main(["render", "--invoice", "F-NONE"]) == 1
    assert "The ledger has no document F-NONE" in capsys.readouterr().err
    assert main(["verify"]) == 0
    assert "Every law holds." in capsys.readouterr().out

    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("update ledger.lines set net_amount = net_amount + 1 where ledger_position = 1")
    assert main(["verify"]) == 1
    words = capsys.readouterr().out
    assert "BROKEN  The hash chain of ledger.lines is whole" in words
    assert "BROKEN  A document's lines are as many, and add up to as much, as it says" in words


def test_a_model_that_fails_stops_the_issuing_and_is_named(home: Home, capsys: Output) -> None:
    land_company(home)
    # Two rates for one code, country and day: raw lets a reference row have versions only by key.
    leave(
        home.landing / "billing_entities" / "other.csv",
        """
        entity_id,name,country_code,currency,timezone
        E-2,Elsewhere,FR,EUR,Europe/Paris
        """,
    )
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("create schema reference")
        con.execute("create view reference.currencies as select 1 as one")
    assert main(["close", FIRST_BILL_DATE]) == 1
    words = capsys.readouterr().err
    assert "currencies" in words
    assert "nothing is issued" in words
