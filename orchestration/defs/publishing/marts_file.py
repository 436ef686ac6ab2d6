"""The published marts: one file, made beside the old one and put in its place whole.

Not here: what is in a mart (dbt), or when it is published (assets.py).
"""

import os
import shutil
from pathlib import Path

import duckdb

from orchestration.database import quoted, row_counts
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
)


def publish(con: duckdb.DuckDBPyConnection, home: Home) -> dict[str, int]:
    """Bring marts.duckdb up to date with the schema `marts`; rows by mart.

    A reader that has the old file open keeps it to the end of its work. The marts stand in the
    new file's main schema, so that `marts.invoices` reads the same in both databases.
    """
    # What a killed publication, or a writer of the old file, left behind.
    for leftover in home.root.glob(f"{home.marts.name}.*"):
        leftover.unlink()
    new = Path(f"{home.marts}.{os.getpid()}")
    grows = home.marts.exists() and _can_grow(con, home)
    if grows:
        shutil.copyfile(home.marts, new)
    con.execute(f"attach {quoted(str(new))} as published")
    if grows:
        con.execute(
            "create temp table unpublished as"
            " select invoice_id from marts.invoices anti join published.main.invoices"
            " using (invoice_id)"
        )
    for mart, comment in _marts(con):
        if grows and mart in GROWING:
            con.execute(
                f'insert into published.main."{mart}" by name'
                f' from marts."{mart}" semi join unpublished using (invoice_id)'
            )
            continue
        con.execute(f'create or replace table published.main."{mart}" as from marts."{mart}"')
        if comment:
            con.execute(f'comment on table published.main."{mart}" is {quoted(comment)}')
    con.execute("drop table if exists unpublished")
    con.execute("detach published")
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.replace(home.marts)
    return published_counts(home)


def published_counts(home: Home) -> dict[str, int]:
    """Rows by mart in the published file; none when nothing was published yet."""
    if not home.marts.exists():
        return {}
    with duckdb.connect(str(home.marts), read_only=True) as con:
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


def _can_grow(con: duckdb.DuckDBPyConnection, home: Home) -> bool:
    """Whether the published file has all growing marts with the columns that they have now."""
    columns = (
        "select table_name, column_name, data_type from duckdb_columns()"
        f" where table_name in {GROWING} and schema_name = '{{}}'"
        " and database_name = current_database() order by all"
    )
    with duckdb.connect(str(home.marts), read_only=True) as published:
        held = published.execute(columns.format("main")).fetchall()
    return held == con.execute(columns.format("marts")).fetchall()
