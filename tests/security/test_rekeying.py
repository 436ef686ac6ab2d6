"""A home that is encrypted after its first close, gets another key, and is in clear again."""

import duckdb
import pytest

from orchestration.cli import main
from orchestration.encryption import key_of
from orchestration.home import Home
from orchestration.rekeying import rekey
from tests.orchestration.company import SECOND_BILL_DATE
from tests.security.homes import CUSTOMER, KEY, OTHER_KEY, bytes_of, files_with

Output = pytest.CaptureFixture[str]

_CATALOGUE = (
    "select schema_name, table_name, sql, comment from duckdb_tables() order by all",
    "select schema_name, table_name, column_name, column_default, comment from duckdb_columns()"
    " semi join duckdb_tables() using (table_oid, database_name) order by all",
    "select schema_name, table_name, constraint_text from duckdb_constraints() order by all",
    "select sequence_name from duckdb_sequences()",
    "select index_name from duckdb_indexes()",
)


def content(home: Home) -> list[object]:
    """What the databases of a home in clear hold: catalogue, then rows in their order."""
    held: list[object] = []
    for file in (home.warehouse, home.marts, home.public_marts):
        with duckdb.connect(str(file), read_only=True) as con:
            held += [con.execute(query).fetchall() for query in _CATALOGUE]
            tables = con.execute(
                "select schema_name, table_name from duckdb_tables() order by all"
            ).fetchall()
            held += [con.execute(f'from "{name}"."{table}"').fetchall() for name, table in tables]
    return held


def test_a_home_is_encrypted_closed_rekeyed_and_taken_back_to_clear(
    clear: Home, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(clear)
    monkeypatch.setenv("RELEVE_NEW_KEY", KEY)
    assert main(["rekey"]) == 0
    assert "marts.duckdb, marts_public.duckdb, warehouse.duckdb" in capsys.readouterr().out
    assert not [name for name in files_with(clear.root, CUSTOMER) if ".duckdb" in name]
    assert main(["rekey"]) == 0
    assert "nothing, all were already" in capsys.readouterr().out

    monkeypatch.setenv("RELEVE_KEY", KEY)
    monkeypatch.setenv("RELEVE_NEW_KEY", OTHER_KEY)
    assert main(["rekey"]) == 0
    monkeypatch.delenv("RELEVE_NEW_KEY")
    assert main(["verify"]) == 1
    assert "another key" in capsys.readouterr().err
    monkeypatch.setenv("RELEVE_KEY", OTHER_KEY)
    assert main(["verify"]) == 0

    assert main(["rekey", "--clear"]) == 0
    monkeypatch.delenv("RELEVE_KEY")
    assert content(clear) == before

    monkeypatch.setenv("RELEVE_NEW_KEY", KEY)
    assert main(["rekey"]) == 0
    monkeypatch.delenv("RELEVE_NEW_KEY")
    monkeypatch.setenv("RELEVE_KEY", KEY)
    assert main(["close", SECOND_BILL_DATE]) == 0
    assert "Closed 2024-02-01: 3 documents, 3 lines." in capsys.readouterr().out
    assert main(["verify"]) == 0


def test_a_rekeying_that_was_killed_is_finished_by_the_next(clear: Home) -> None:
    """Killed after the marts: the warehouse is still in clear."""
    in_clear = clear.warehouse.read_bytes()
    assert rekey(clear, None, KEY, print) == [
        "marts.duckdb",
        "marts_public.duckdb",
        "warehouse.duckdb",
    ]
    clear.warehouse.write_bytes(in_clear)
    (clear.temporary / "warehouse.duckdb.rekeyed").write_bytes(b"half written")
    assert rekey(clear, None, KEY, print) == ["warehouse.duckdb"]
    assert list(clear.temporary.iterdir()) == []


def test_the_key_to_come_must_be_named_unless_there_is_to_be_none(
    clear: Home, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bytes_of(clear)
    assert main(["rekey"]) == 1
    assert "Set RELEVE_NEW_KEY to the key to come, or say --clear." in capsys.readouterr().err
    monkeypatch.setenv("RELEVE_NEW_KEY", KEY)
    assert main(["rekey", "--clear"]) == 1
    assert bytes_of(clear) == before


def test_published_files_have_keys_of_their_own(home: Home) -> None:
    keys = [key_of(file, KEY) for file in (home.warehouse, home.marts, home.public_marts)]
    assert keys[0] == KEY
    assert len(set(keys)) == 3
    assert [key_of(file, None) for file in (home.warehouse, home.marts)] == [None, None]
