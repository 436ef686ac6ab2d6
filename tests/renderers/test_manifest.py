"""The manifest of files: what is made again, what never is, what `verify` says of the folder."""

import hashlib
import multiprocessing
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.defs.billing.ledger import create_ledger
from orchestration.defs.documents import render
from orchestration.defs.documents.disk import file_faults, files_unissued, files_wanted
from orchestration.defs.documents.manifest import create_manifest, record
from orchestration.defs.documents.render import (
    FORMATS,
    RenderResult,
    WrittenFile,
    render_documents,
)
from renderers.document import Document
from tests.renderers import samples

COUNT = 3
ISSUED_ON = date(2023, 11, 1)


def numbered(count: int = COUNT) -> Iterator[Document]:
    note = samples.credit_note()
    for number in range(1, count + 1):
        header = replace(note.header, invoice_id=f"i{number}", number=f"AV-{number}")
        yield replace(note, header=replace(header, issue_date=ISSUED_ON))


def issue(con: duckdb.DuckDBPyConnection, count: int = COUNT) -> None:
    """The rows of the ledger that say what was issued."""
    create_ledger(con)
    create_manifest(con)
    con.execute(
        "insert into ledger.documents by name select range as ledger_position,"
        " 'i' || range as invoice_id, 'AV-' || range as invoice_number,"
        " 'estuaire' as entity_id, ? as issue_date from range(1, ?)",
        [ISSUED_ON, count + 1],
    )


def render_wanted(con: duckdb.DuckDBPyConnection, folder: Path, count: int = COUNT) -> RenderResult:
    """What `releve render` does."""
    wanted = files_wanted(con, folder, read=True)
    return render_documents(
        (document for document in numbered(count) if document.header.invoice_id in wanted),
        folder,
        wanted=wanted,
        record=lambda files: record(con, files),
    )


def faults(con: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    return [str(fault) for fault in file_faults(con, folder, read=True)]


def file(folder: Path, number: int, name: str = "html") -> Path:
    return folder / "estuaire" / "2023" / f"AV-{number}.{name}"


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as con:
        issue(con)
        yield con


@pytest.fixture
def folder(tmp_path: Path, warehouse: duckdb.DuckDBPyConnection) -> Path:
    """A folder in which every document was rendered."""
    made = tmp_path / "documents"
    assert render_wanted(warehouse, made).document_count == COUNT
    return made


def test_the_manifest_has_the_hash_of_every_file(
    warehouse: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    rows = warehouse.execute(
        "select path, sha256, byte_count from documents.files order by manifest_position"
    ).fetchall()
    assert len(rows) == COUNT * len(FORMATS)
    for path, sha256, byte_count in rows:
        content = (folder / path).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (sha256, byte_count)
    assert faults(warehouse, folder) == []
    assert files_unissued(warehouse, folder) == []


def test_nothing_is_rendered_twice(warehouse: duckdb.DuckDBPyConnection, folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*/*/*")}
    assert render_wanted(warehouse, folder) == RenderResult()
    assert {path: path.stat().st_mtime_ns for path in folder.glob("*/*/*")} == before


def test_what_is_altered_missing_or_foreign_is_named(
    warehouse: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    content = file(folder, 1).read_bytes()
    file(folder, 1).write_bytes(content.replace(b"54,84", b"64,84"))
    file(folder, 2, "pdf").unlink()
    foreign = folder / "estuaire" / "2023" / "AV-9.pdf"
    foreign.write_bytes(b"%PDF")
    assert faults(warehouse, folder) == [
        "AV-1: its html was altered",
        "AV-2: its pdf is missing",
    ]
    assert files_unissued(warehouse, folder) == [foreign]
    # Without reading, one is missing; the other has the size that it had.
    unread = [str(fault) for fault in file_faults(warehouse, folder, read=False)]
    assert unread == ["AV-2: its pdf is missing"]


def test_only_the_files_that_are_missing_or_altered_are_made_again(
    warehouse: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    content = file(folder, 1).read_bytes()
    file(folder, 1).write_bytes(content + b"<!-- -->")
    file(folder, 2).unlink()
    before = file(folder, 1, "pdf").stat().st_mtime_ns
    result = render_wanted(warehouse, folder)
    assert (result.document_count, result.file_count, result.failures) == (2, 2, [])
    assert file(folder, 1).read_bytes() == content
    assert file(folder, 1, "pdf").stat().st_mtime_ns == before
    assert faults(warehouse, folder) == []
    row = warehouse.execute("select count(*) from documents.files").fetchone()
    assert row == (COUNT * len(FORMATS),)


def test_what_was_delivered_is_never_replaced_by_something_else(
    warehouse: duckdb.DuckDBPyConnection, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new version of the renderer makes other bytes; only `again` lets them in."""
    lost = file(folder, 1)
    lost.unlink()
    monkeypatch.setitem(render._RENDERERS, "html", lambda *_: b"a new look")
    (failure,) = render_wanted(warehouse, folder).failures
    assert failure.invoice_number == "AV-1"
    assert "its html is not the one that was delivered" in failure.reason
    assert not lost.exists()

    render_documents(numbered(), folder, record=lambda files: record(warehouse, files))
    assert lost.read_bytes() == b"a new look"
    assert faults(warehouse, folder) == []
    row = warehouse.execute("select count(*) from documents.files").fetchone()
    assert row == (COUNT * len(FORMATS) + COUNT,)


def test_a_file_that_no_row_records_is_taken_up_only_as_it_is(
    warehouse: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    """As a process leaves it that is killed before the row, or as somebody put it there."""
    warehouse.execute("delete from documents.files where invoice_id in ('i1', 'i2')")
    file(folder, 2).write_bytes(b"put here by somebody")
    assert "AV-1: its html is not in the manifest" in faults(warehouse, folder)
    (failure,) = render_wanted(warehouse, folder).failures
    assert failure.invoice_number == "AV-2"
    assert file(folder, 2).read_bytes() == b"put here by somebody"
    assert {fault.split(":")[0] for fault in faults(warehouse, folder)} == {"AV-2"}


def test_a_document_that_no_file_can_be_named_for_is_named_and_leaves_the_others(
    warehouse: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    warehouse.execute(
        "insert into ledger.documents by name select 4 as ledger_position, 'i4' as invoice_id,"
        " '' as invoice_number, 'estuaire' as entity_id, ? as issue_date",
        [ISSUED_ON],
    )
    assert faults(warehouse, folder) == [
        f": its {name} has no name that a file can have" for name in FORMATS
    ]


def _render_until_killed(home: Path, count: int, records: int) -> None:
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        issue(con, count)
        render._RECORD_SECONDS = 0.0

        def killing(files: list[WrittenFile]) -> None:
            nonlocal records
            if not records:
                os.kill(os.getpid(), signal.SIGKILL)
            records -= 1
            record(con, files)

        render_documents(numbered(count), home / "documents", ["html"], record=killing)


@pytest.mark.slow
@pytest.mark.parametrize("records", [0, 5])
def test_a_render_that_was_killed_is_completed_with_what_is_missing(
    tmp_path: Path, records: int
) -> None:
    """With workers, between the files of a document and the row that records them."""
    count = 30
    process = multiprocessing.get_context("spawn").Process(
        target=_render_until_killed, args=(tmp_path, count, records)
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    folder = tmp_path / "documents"
    left = {path: path.stat().st_mtime_ns for path in folder.glob("*/*/*.html")}
    assert len(left) > records
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as con:
        kept = con.execute("select path from documents.files").fetchall()
        assert len(kept) >= records
        result = render_wanted(con, folder, count)
        assert result.failures == []
        assert faults(con, folder) == []
        assert files_unissued(con, folder) == []
    for (path,) in kept:
        assert (folder / path).stat().st_mtime_ns == left[folder / path]
