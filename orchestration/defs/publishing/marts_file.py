"""The published marts: one file, made beside the old one and put in its place whole.

Not here: what is in a mart (dbt), or when it is published (assets.py).
"""

import os
from pathlib import Path

import duckdb

from orchestration.database import quoted, row_counts
from orchestration.home import Home


def publish(con: duckdb.DuckDBPyConnection, home: Home) -> dict[str, int]:
    """Copy every table of the schema `marts` into marts.duckdb; rows by mart.

    A reader that has the old file open keeps it to the end of its work. The marts stand in the
    new file's main schema, so that `marts.invoices` reads the same in both databases.
    """
    # What a killed publication, or a writer of the old file, left behind.
    for leftover in home.root.glob(f"{home.marts.name}.*"):
        leftover.unlink()
    new = Path(f"{home.marts}.{os.getpid()}")
    con.execute(f"attach {quoted(str(new))} as published")
    marts = con.execute(
        "select table_name, comment from duckdb_tables()"
        " where schema_name = 'marts' and database_name = current_database() order by all"
    ).fetchall()
    for mart, comment in marts:
        con.execute(f'create table published.main."{mart}" as from marts."{mart}"')
        if comment:
            con.execute(f'comment on table published.main."{mart}" is {quoted(comment)}')
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
