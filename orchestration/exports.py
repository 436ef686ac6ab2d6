"""The published marts as files that other tools read: Parquet, or CSV for a spreadsheet.

Read from the published file, so that a close may write meanwhile.
"""

import os
from pathlib import Path

import duckdb

from orchestration.database import is_alive
from orchestration.errors import ReleveError
from orchestration.files import open_published, quoted
from orchestration.home import Home

_PRIVATE_FILE = 0o600
_PRIVATE_FOLDER = 0o700
# What makes a spreadsheet take a text for a formula (OWASP, CSV injection); the last four are
# the full-width forms of the first four.
_FORMULA = r"^[=+\-@\t\r\n\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"


class ExportError(ReleveError):
    """There is nothing to export, or nowhere to write: what to do."""


def export_marts(home: Home, folder: Path, format_name: str, *, public: bool) -> dict[str, int]:
    """Write each mart as `<folder>/<mart>.<format>`, each file whole or not at all; rows by mart.

    `public` leaves out what could name a person. In CSV a text that a spreadsheet would run as a
    formula has an apostrophe before it. Raises ExportError.
    """
    source = home.public_marts if public else home.marts
    if not source.exists():
        raise ExportError(f"{source} does not exist yet: close a date first.")
    try:
        folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        with open_published(source) as con:
            marts = con.execute("select table_name from duckdb_tables() order by all").fetchall()
            return {mart: _export(con, mart, folder, format_name) for (mart,) in marts}
    except (OSError, duckdb.IOException) as error:
        raise ExportError(f"{folder} could not be written: {error}") from error


def _export(con: duckdb.DuckDBPyConnection, mart: str, folder: Path, format_name: str) -> int:
    target = folder / f"{mart}.{format_name}"
    for left in folder.glob(f".{target.name}.*"):
        process = left.suffix[1:]
        if process.isdecimal() and not is_alive(int(process)):
            left.unlink(missing_ok=True)
    unfinished = folder / f".{target.name}.{os.getpid()}"
    options = {"parquet": "format parquet, compression zstd", "csv": "format csv, header"}
    row = con.execute(
        f"copy ({_selected(con, mart, format_name)}) to {quoted(str(unfinished))}"
        f" ({options[format_name]})"
    ).fetchone()
    unfinished.chmod(_PRIVATE_FILE)
    unfinished.replace(target)
    return row[0] if row else 0


def _selected(con: duckdb.DuckDBPyConnection, mart: str, format_name: str) -> str:
    """The mart's rows; for CSV with every text made harmless."""
    if format_name != "csv":
        return f'select * from "{mart}"'
    texts = con.execute(
        "select column_name from duckdb_columns() where table_name = ? and data_type = 'VARCHAR'",
        [mart],
    ).fetchall()
    harmless = ", ".join(
        f"case when regexp_matches(\"{name}\", {quoted(_FORMULA)}) then '''' || \"{name}\""
        f' else "{name}" end as "{name}"'
        for (name,) in texts
    )
    replaced = f" replace ({harmless})" if texts else ""
    return f'select *{replaced} from "{mart}"'
