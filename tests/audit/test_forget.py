"""A customer is forgotten: nothing personal is left but what was issued, and no bill changes."""

import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.cli import DONE, FAILED
from orchestration.cli import main as releve
from orchestration.home import Home
from orchestration.verification import verify
from tests.control_totals.world import World
from tests.laws.test_order_independence import ledger_of
from tests.orchestration.company import land_company, leave

PERSONAL = ("Zoe Quillfeather", "Rue Secrete", "zoe@example.org", "+33612345678", "RUM-4711")

_ZOE = """
    account_id,entity_id,name,country_code,billing_anchor,street,email,payment_reference
    Z-1,E-1,Zoe Quillfeather,FR,2024-01-01,4 Rue Secrete,zoe@example.org,RUM-4711
"""


def land_zoe(home: Home) -> None:
    """A person with a seat for January and three calls, of which the last cannot be read."""
    leave(home.landing / "accounts" / "zoe.csv", _ZOE)
    leave(home.landing / "meters.csv", "meter_id,name,aggregation\ncalls,Calls,sum")
    leave(
        home.landing / "charges" / "calls.csv",
        "charge_id,plan_id,name,kind,model,meter_id,filters\n"
        'C-2,P-1,Calls,usage,per_unit,calls,"{""band"": ""day""}"',
    )
    leave(home.landing / "prices" / "calls.csv", "charge_id,currency,unit_price\nC-2,EUR,1.50")
    leave(
        home.landing / "subscriptions" / "zoe.csv",
        """
        subscription_id,account_id,plan_id,starts_on,ends_on
        SZ-1,Z-1,P-1,2024-01-01,2024-02-01
        """,
    )
    called = '"{""band"": ""day"", ""called"": ""+33612345678""}"'
    leave(
        home.landing / "usage_events" / "zoe.csv",
        f"""
        event_id,subscription_id,meter_id,occurred_at,quantity,properties
        Z-CALL-1,SZ-1,calls,2024-01-10T10:00:00Z,1,{called}
        Z-CALL-2,SZ-1,calls,2024-01-11T10:00:00Z,2,{called}
        Z-CALL-3,SZ-1,calls,2024-01-12T10:00:00Z,many,{called}
        """,
    )


def texts_of(home: Home, *schemas: str) -> str:
    """Every row of every table of the schemas, as one text."""
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where list_contains(?, schema_name)",
            [list(schemas)],
        ).fetchall()
        return "\n".join(
            str(con.execute(f'from {schema}."{table}"').fetchall()) for schema, table in tables
        )


def broken(home: Home) -> list[str]:
    """The laws that do not hold, but for the files, which these closes do not make."""
    return [
        finding.sentence
        for finding in verify(home)
        if not finding.holds and "its files" not in finding.sentence
    ]


@pytest.mark.slow
def test_what_is_personal_goes_and_what_was_billed_stays_as_it_was(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    land_company(home)
    land_zoe(home)
    kept = tmp_path / "kept.csv"
    shutil.copy(home.landing / "accounts" / "zoe.csv", kept)
    world = World(home.root)
    world.run_close("2024-02-01")

    # The seat of January, 100.00, and three calls at 1.50, with 20 %: 125.40, unpaid as yet.
    assert releve(["forget", "Z-1", "--yes"]) == FAILED
    assert "is open with 125.4000 EUR" in capsys.readouterr().err
    assert releve(["forget", "A-1", "--yes"]) == FAILED
    assert "subscription S-1 goes on" in capsys.readouterr().err
    assert releve(["forget", "Z-9"]) == FAILED
    assert "there is no such account" in capsys.readouterr().err

    ((number,),) = world.marts("select invoice_number from marts.invoices where account_id = 'Z-1'")
    leave(
        home.landing / "payments.csv",
        f"""
        payment_id,account_id,amount,currency,received_on,invoice_number,reference
        Y-1,Z-1,125.40,EUR,2024-02-10,{number},Zoe Quillfeather
        """,
    )
    assert releve(["land"]) == DONE
    assert releve(["forget", "Z-1", "--yes"]) == FAILED
    assert "1 files landed since the last close" in capsys.readouterr().err
    world.run_close("2024-03-01")

    before = ledger_of(home)
    assert releve(["forget", "Z-1"]) == DONE
    assert "Nothing was erased." in capsys.readouterr().out
    assert all(value in texts_of(home, "raw") for value in PERSONAL)

    assert releve(["forget", "Z-1", "--yes"]) == DONE
    said = capsys.readouterr().out
    assert "landing/accounts/zoe.csv: deleted" in said
    assert not (home.landing / "accounts" / "zoe.csv").exists()
    assert not (home.landing / "usage_events" / "zoe.csv").exists()
    assert (home.landing / "accounts.csv").exists()
    left = texts_of(home, "raw", "staging", "intermediate")
    assert [value for value in PERSONAL if value in left] == []
    for file in (home.warehouse, home.marts, home.public_marts):
        assert b"+33612345678" not in file.read_bytes()
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        assert (
            con.execute("select account_id, rows_erased from raw.forgotten_accounts").fetchall()[0][
                0
            ]
            == "Z-1"
        )
        assert con.execute(
            "select distinct properties from raw.usage_events where subscription_id = 'SZ-1'"
        ).fetchall() == [('{"band":"day"}',)]
    assert ledger_of(home) == before
    assert "Zoe Quillfeather" in texts_of(home, "ledger")
    assert broken(home) == []

    # The same row again, in the file that landed and in another.
    shutil.copy(kept, home.landing / "accounts" / "zoe.csv")
    leave(
        home.landing / "accounts" / "again.csv",
        _ZOE.replace("4 Rue Secrete", "5 Rue Secrete"),
    )
    world.run_close("2024-04-01")
    left = texts_of(home, "raw", "staging", "intermediate")
    assert [value for value in PERSONAL if value in left] == []
    after = ledger_of(home)
    assert [row for row in after["lines"] if "Z-1" in row] == [
        row for row in before["lines"] if "Z-1" in row
    ]
    assert set(before["lines"]) < set(after["lines"])
    assert broken(home) == []
