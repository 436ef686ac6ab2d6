"""The published marts: files made beside the old ones and put in their place whole.

One for those who may see everything, and one without what could name a person.

Not here: what is in a mart (dbt), or when it is published (assets.py).
"""

import os
import shutil
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

from orchestration.database import row_counts
from orchestration.encryption import WarehouseKeyError, key_of, named_key
from orchestration.files import attach, open_published, quoted
from orchestration.home import Home

# Marts of what was issued, which never changes: a publication adds the documents that are new.
GROWING = (
    "invoices",
    "invoice_lines",
    "invoice_taxes",
    "invoice_drawdowns",
    "account_statements",
    "account_statement_taxes",
    "usage_lineage",
    "line_sources",
)
_PRIVATE_FILE = 0o600


PersonalColumns = Mapping[str, Collection[str]]


def personal_columns(manifest: Mapping[str, Any]) -> PersonalColumns:
    """The columns of each mart that dbt marks with `personal_data`: names, free text, raw rows."""
    return {
        node["name"]: {
            name
            for name, column in node["columns"].items()
            if column.get("config", {}).get("meta", {}).get("personal_data")
        }
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }


def publish(
    con: duckdb.DuckDBPyConnection, home: Home, personal: PersonalColumns
) -> dict[str, int]:
    """Bring both files up to date with the schema `marts`; rows by mart.

    A reader that has the old file open keeps it to the end of its work. The marts stand in the
    new file's main schema, so that `marts.invoices` reads the same in both databases.
    """
    _publish(con, home.public_marts, personal)
    _publish(con, home.marts, {})
    return published_counts(home.marts)


def _publish(con: duckdb.DuckDBPyConnection, target: Path, left_out: PersonalColumns) -> None:
    # What a killed publication, or a writer of the old file, left behind.
    _clear(target)
    try:
        if target.exists() and _can_grow(con, target, left_out):
            try:
                _write(con, target, left_out, grows=True)
            except duckdb.IOException:
                # The old file may be damaged where nobody looked yet; all of it follows from here.
                _abandon(con, target)
                _write(con, target, left_out, grows=False)
        else:
            _write(con, target, left_out, grows=False)
    except BaseException:
        _abandon(con, target)
        raise


def _clear(target: Path) -> None:
    for leftover in target.parent.glob(f"{target.name}.*"):
        leftover.unlink()


def _abandon(con: duckdb.DuckDBPyConnection, target: Path) -> None:
    """Let go of a file that is not finished, however little of the database still answers."""
    with suppress(duckdb.Error):
        con.execute("drop table if exists unpublished")
        con.execute("detach database if exists published")
    _clear(target)


def _write(
    con: duckdb.DuckDBPyConnection, target: Path, left_out: PersonalColumns, *, grows: bool
) -> None:
    """Make the file, from the old one or from nothing, and put it in its place."""
    new = Path(f"{target}.{os.getpid()}")
    if grows:
        shutil.copyfile(target, new)
    attach(con, new, "published", key_of(target, named_key()))
    if grows:
        con.execute(
            "create temp table unpublished as"
            " select invoice_id from marts.invoices anti join published.main.invoices"
            " using (invoice_id)"
        )
    for mart, comment in _marts(con):
        columns = _kept_columns(left_out.get(mart, ()))
        if grows and mart in GROWING:
            con.execute(
                f'insert into published.main."{mart}" by name'
                f' select {columns} from marts."{mart}" semi join unpublished using (invoice_id)'
            )
            continue
        con.execute(
            f'create or replace table published.main."{mart}" as'
            f' select {columns} from marts."{mart}"'
        )
        if comment:
            con.execute(f'comment on table published.main."{mart}" is {quoted(comment)}')
    con.execute("drop table if exists unpublished")
    con.execute("detach published")
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.chmod(_PRIVATE_FILE)
    new.replace(target)


def published_counts(file: Path) -> dict[str, int]:
    """Rows by mart in a published file; none when nothing was published yet."""
    if not file.exists():
        return {}
    with open_published(file) as con:
        return row_counts(con, "main")


def wanted_counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows by mart in the warehouse."""
    counts = {}
    for mart, _ in _marts(con):
        row = con.execute(f'select count(*) from marts."{mart}"').fetchone()
        counts[mart] = row[0] if row else 0
    return counts


def _marts(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str | None]]:
    """Every mart, table or view, with what it is said to hold."""
    return con.execute(
        "select table_name, comment from duckdb_tables()"
        " where schema_name = 'marts' and database_name = current_database()"
        " union all"
        " select view_name, comment from duckdb_views()"
        " where schema_name = 'marts' and database_name = current_database()"
        " order by all"
    ).fetchall()


def _can_grow(con: duckdb.DuckDBPyConnection, target: Path, left_out: PersonalColumns) -> bool:
    """Whether the published file can be read, under this key, and has all growing marts as now."""
    columns = (
        "select table_name, column_name, data_type from duckdb_columns()"
        f" where table_name in {GROWING} and schema_name = '{{}}'"
        " and database_name = current_database() order by all"
    )
    try:
        with open_published(target) as published:
            held = published.execute(columns.format("main")).fetchall()
    except (duckdb.IOException, WarehouseKeyError):
        return False
    wanted = con.execute(columns.format("marts")).fetchall()
    return held == [
        (mart, column, data_type)
        for mart, column, data_type in wanted
        if column not in left_out.get(mart, ())
    ]


def _kept_columns(left_out: Collection[str]) -> str:
    excluded = ", ".join(f'"{column}"' for column in sorted(left_out))
    return f"* exclude ({excluded})" if excluded else "*"
