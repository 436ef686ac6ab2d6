"""What is on disk of a home under a key, and that all is done with it as in clear."""

import json
import re
import tarfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.cli import main
from orchestration.database import open_warehouse
from orchestration.documentation import write_documentation
from orchestration.encryption import WarehouseKeyError, let_write
from orchestration.home import Home
from tests.security.homes import CUSTOMER, KEY, files, files_with, opened, rows_of

Output = pytest.CaptureFixture[str]


def test_documents_and_ledger_are_those_made_in_clear(
    locked: Home, closed_in_clear: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {path.name: path.read_bytes() for path in files(locked.documents)}
    assert made == {path.name: path.read_bytes() for path in files(closed_in_clear.documents)}
    assert len(made) >= 6
    issued = rows_of(locked, {"ledger", "marts"})
    monkeypatch.delenv("RELEVE_KEY")
    assert issued == rows_of(closed_in_clear, {"ledger", "marts"})
    assert len(issued["ledger.documents"]) == 3


def test_a_customer_is_named_in_the_documents_and_the_landed_file_alone(locked: Home) -> None:
    named = files_with(locked.root, CUSTOMER)
    assert {path.split("/")[0] for path in named} == {"documents", "landing"}
    with open_warehouse(locked, read_only=True) as con:
        held = con.execute("select name from raw.accounts where account_id = 'A-9'").fetchall()
    assert held == [(CUSTOMER,)]


def test_the_same_name_is_found_in_a_warehouse_in_clear(closed_in_clear: Home) -> None:
    assert "warehouse.duckdb" in files_with(closed_in_clear.root, CUSTOMER)


@pytest.mark.parametrize(("key", "is_readable"), [(KEY, False), (None, True)])
def test_what_does_not_fit_in_memory_is_encrypted_like_the_warehouse(
    home: Home, monkeypatch: pytest.MonkeyPatch, key: str | None, *, is_readable: bool
) -> None:
    """Twelve megabytes where ten are allowed: read while they lie on disk."""
    if key:
        monkeypatch.setenv("RELEVE_KEY", key)
    with open_warehouse(home) as con:
        con.execute("set threads = 1")
        con.execute("set memory_limit = '30MB'")
        con.execute(
            "create temp table spilled as"
            " select hash(i)::varchar || ? || hash(i + 1)::varchar as name"
            " from range(1000000) as numbers(i)",
            [CUSTOMER],
        )
        assert list(files(Path(f"{home.warehouse}.tmp")))
        assert bool(files_with(Path(f"{home.warehouse}.tmp"), CUSTOMER)) == is_readable


def test_the_journal_of_a_killed_close_is_encrypted_and_read_again(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELEVE_KEY", KEY)
    left = Home(tmp_path)
    with open_warehouse(home) as con:
        con.execute("create table names (name text)")
        con.execute("checkpoint")
        con.execute("insert into names values (?)", [CUSTOMER])
        # As a power cut would leave it.
        for file in (home.warehouse, Path(f"{home.warehouse}.wal")):
            (tmp_path / file.name).write_bytes(file.read_bytes())
    assert (tmp_path / "warehouse.duckdb.wal").stat().st_size > 0
    assert files_with(tmp_path, CUSTOMER) == set()
    with open_warehouse(left) as con:
        assert con.execute("from names").fetchall() == [(CUSTOMER,)]


def test_a_byte_that_was_altered_is_noticed(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """In the header of a small file, which is read whenever it is opened."""
    monkeypatch.setenv("RELEVE_KEY", KEY)
    with open_warehouse(home) as con:
        con.execute("create table names (name text)")
    content = bytearray(home.warehouse.read_bytes())
    for place in (4_100, 8_200):
        content[place] ^= 1
    home.warehouse.write_bytes(content)
    assert main(["verify"]) == 1
    words = capsys.readouterr().err
    assert "Computed AES tag differs from read AES tag" in words
    assert "The warehouse is damaged, and nothing is issued from it." in words


@pytest.mark.parametrize(
    "command",
    [["verify"], ["render"], ["land"], ["preview", "--on", "2024-02-01"]],
    ids=lambda command: command[0],
)
def test_a_command_works_under_the_key(locked: Home, capsys: Output, command: list[str]) -> None:
    assert locked.warehouse.exists()
    assert main(command) == 0
    assert KEY not in "".join(capsys.readouterr())


def test_the_documentation_is_written_under_the_key(locked: Home) -> None:
    page = write_documentation(locked).read_text(encoding="utf-8")
    catalogue = json.loads((locked.root / "dbt" / "docs" / "catalog.json").read_bytes())
    invoices = catalogue["nodes"]["model.releve.invoices"]
    assert invoices["stats"]["row_count"]["value"] == 3
    assert KEY not in page


def test_exports_are_made_in_clear_from_encrypted_marts(locked: Home, tmp_path: Path) -> None:
    assert locked.marts.exists()
    assert main(["export", str(tmp_path)]) == 0
    with duckdb.connect() as con:
        payers = con.execute(f"select account_id from '{tmp_path}/invoices.parquet'").fetchall()
    assert ("A-9",) in payers


def test_a_backup_keeps_the_databases_encrypted_and_is_restored_under_the_key(
    locked: Home,
    new_home: Callable[[], Home],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Output,
) -> None:
    kept = tmp_path / "kept.tar"
    assert main(["backup", str(kept)]) == 0
    with tarfile.open(kept) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if member.name.endswith(".duckdb") and content:
                assert CUSTOMER.encode() not in content.read()

    other = new_home()
    monkeypatch.setenv("RELEVE_HOME", str(other.root))
    monkeypatch.delenv("RELEVE_KEY")
    assert main(["restore", str(kept)]) == 1
    assert "is encrypted, and RELEVE_KEY is not set" in capsys.readouterr().err
    assert not other.warehouse.exists()
    monkeypatch.setenv("RELEVE_KEY", KEY)
    assert main(["restore", str(kept)]) == 0
    assert other.warehouse.read_bytes() == locked.warehouse.read_bytes()
    assert main(["verify"]) == 0


def test_an_analyst_is_given_a_key_that_opens_the_public_marts_alone(
    locked: Home, capsys: Output
) -> None:
    assert main(["key", "marts_public"]) == 0
    key = capsys.readouterr().out.strip()
    with opened(locked.public_marts, key) as con:
        count = con.execute("select count(*) from marts_public.invoices").fetchall()
    assert count == [(3,)]
    for file in (locked.marts, locked.warehouse):
        with pytest.raises(duckdb.InvalidInputException, match="Wrong encryption key"):
            opened(file, key)


def test_the_extension_that_encrypts_fetches_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELEVE_KEY", KEY)
    with open_warehouse(home) as con:
        for address in ("http://127.0.0.1:9/a.csv", "https://127.0.0.1:9/a.csv", "s3://b/a.csv"):
            with pytest.raises(duckdb.PermissionException, match="disabled by configuration"):
                con.execute("select * from read_csv(?)", [address])


def test_without_its_extension_the_version_to_install_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(duckdb, "__version__", "9.9.9")
    with (
        duckdb.connect() as con,
        pytest.raises(WarehouseKeyError, match=r"pip install duckdb-extension-httpfs==9\.9\.9"),
    ):
        let_write(con)


def test_databases_are_opened_where_their_key_is_known(project: Path) -> None:
    """Elsewhere a database would be opened in clear, or not at all under a key."""
    opens = re.compile(r"duckdb\.connect\([^)]|execute\(\s*f?[\"']attach ", re.IGNORECASE)
    found = {
        str(path.relative_to(project))
        for path in (project / "orchestration").rglob("*.py")
        if opens.search(path.read_text(encoding="utf-8"))
    }
    assert found == {"orchestration/files.py"}
