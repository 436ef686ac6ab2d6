"""The documents' folder beside the ledger: which files are missing, which nobody issued.

Not here: how a file is made (render.py).
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb

from orchestration.defs.documents.render import FORMATS, file_path


def documents_missing(con: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, str]:
    """Number by key of each issued document that lacks one of its files."""
    return {
        invoice_id: number
        for invoice_id, number, paths in _issued(con, folder)
        if not all(path.is_file() for path in paths)
    }


def files_unissued(con: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    """Files of the folder that belong to no row of the ledger."""
    issued = {path for _, _, paths in _issued(con, folder) for path in paths}
    found = (path for name in FORMATS for path in folder.glob(f"*/*/*.{name}"))
    return sorted(path for path in found if path not in issued)


def _issued(con: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[tuple[str, str, list[Path]]]:
    rows: list[tuple[str, str, str, date]] = con.execute(
        "select invoice_id, invoice_number, entity_id, issue_date from ledger.documents"
        " order by ledger_position"
    ).fetchall()
    for invoice_id, number, entity_id, issued_on in rows:
        paths = [file_path(folder, entity_id, issued_on, number, name) for name in FORMATS]
        yield invoice_id, number, paths
