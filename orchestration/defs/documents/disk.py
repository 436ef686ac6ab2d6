"""The documents' folder beside the ledger and the manifest: what is missing, altered or foreign.

Not here: how a file is made (render.py), what the manifest holds (manifest.py).
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from orchestration.defs.documents.manifest import last_written
from orchestration.defs.documents.render import FORMATS, Wanted, file_path


@dataclass(frozen=True, slots=True)
class FileFault:
    """A file that is not as it should be; `sha256` is what it has to have, where that is known."""

    invoice_id: str
    invoice_number: str
    format: str
    sha256: str | None
    reason: str

    def __str__(self) -> str:
        return f"{self.invoice_number}: its {self.format} {self.reason}"


def file_faults(
    con: duckdb.DuckDBPyConnection, folder: Path, *, read: bool, number: str | None = None
) -> Iterator[FileFault]:
    """Files of issued documents that are missing, not recorded, or not those that were written.

    With `read`, each file's bytes are looked at, else only its size.
    """
    written = last_written(con)
    for invoice_id, invoice_number, name, path in _issued(con, folder, number):
        sha256, byte_count = written.get((invoice_id, name), (None, None))
        if path is None:
            reason = "has no name that a file can have"
        elif not path.is_file():
            reason = "is missing"
        elif sha256 is None:
            # What stands there may have been delivered.
            sha256, reason = _sha256(path), "is not in the manifest"
        elif path.stat().st_size != byte_count or (read and _sha256(path) != sha256):
            reason = "was altered"
        else:
            continue
        yield FileFault(invoice_id, invoice_number, name, sha256, reason)


def files_wanted(
    con: duckdb.DuckDBPyConnection, folder: Path, *, read: bool, number: str | None = None
) -> Wanted:
    """What is to be rendered: by document and format, the hash that its file has to have."""
    wanted: defaultdict[str, dict[str, str | None]] = defaultdict(dict)
    for fault in file_faults(con, folder, read=read, number=number):
        wanted[fault.invoice_id][fault.format] = fault.sha256
    return wanted


def files_unissued(con: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    """Files of the folder that belong to no row of the ledger."""
    issued = {path for *_, path in _issued(con, folder, None)}
    found = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(path for path in found if path not in issued)


def _issued(
    con: duckdb.DuckDBPyConnection, folder: Path, number: str | None
) -> Iterator[tuple[str, str, str, Path | None]]:
    """Each file that the ledger asks for: its document's key and number, its format, its place."""
    rows: list[tuple[str, str, str, date]] = con.execute(
        "select invoice_id, invoice_number, entity_id, issue_date from ledger.documents"
        " where ? is null or invoice_number = ? order by ledger_position",
        [number, number],
    ).fetchall()
    for invoice_id, invoice_number, entity_id, issued_on in rows:
        for name in FORMATS:
            try:
                path = file_path(folder, entity_id, issued_on, invoice_number, name)
            except ValueError:
                path = None
            yield invoice_id, invoice_number, name, path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
