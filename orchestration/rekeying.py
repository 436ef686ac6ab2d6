"""The databases of a home under another key, encrypted for the first time, or in clear again.

DuckDB changes no file's key: each is copied into a new one, which takes its place whole.

Not here: what a key is (encryption.py).
"""

import os
from collections.abc import Callable
from pathlib import Path

import duckdb

from orchestration.database import warehouse_lock
from orchestration.defs.landing.contract import create_raw_schema
from orchestration.encryption import WarehouseKeyError, key_of, named_key
from orchestration.files import attach, quoted
from orchestration.home import Home


def rekey(
    home: Home, before: str | None, after: str | None, report: Callable[[str], None]
) -> list[str]:
    """Put every database that is not yet under the key `after` under it; which those were.

    None is no key: in clear. The warehouse comes last; killed before, it is done again. Raises
    WarehouseKeyError when `before` opens them no more than `after`.
    """
    changed = []
    with warehouse_lock(home, "releve rekey", report):
        for file in (home.marts, home.public_marts, home.warehouse):
            if file.exists() and not _opens(file, key_of(file, after)):
                _copy(home, file, key_of(file, before), key_of(file, after))
                changed.append(file.name)
    return changed


def rewrite(home: Home, file: Path) -> None:
    """Copy a database into a new file, under the same key: nothing that was deleted is left in it.

    Its views are not copied. Needs the warehouse held and closed.
    """
    key = key_of(file, named_key())
    _copy(home, file, key, key)


def _opens(file: Path, key: str | None) -> bool:
    try:
        with duckdb.connect() as con:
            attach(con, file, "looked_at", key, read_only=True)
    except WarehouseKeyError:
        return False
    return True


def _copy(home: Home, file: Path, before: str | None, after: str | None) -> None:
    copy = home.temporary / f"{file.name}.rekeyed"
    _remove(copy)
    try:
        with duckdb.connect() as con:
            con.execute(f"set temp_directory = {quoted(f'{copy}.tmp')}")
            con.execute("set temp_file_encryption = true")
            attach(con, file, "before", before)
            # Its journal is part of it from here on: none is left beside the new file.
            con.execute("checkpoint before")
            attach(con, copy, file.stem, after)
            con.execute(f'use "{file.stem}"')
            _copy_tables(con)
        with copy.open("rb") as written:
            os.fsync(written.fileno())
        copy.replace(file)
    finally:
        _remove(copy)


def _copy_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Every table of the database `before`, into the one that stands open.

    Views are dbt's and hold nothing: the next close or preview makes them again.
    """
    tables = con.execute(
        "select schema_name, table_name, sql, comment from duckdb_tables()"
        " where database_name = 'before' and not internal order by table_oid"
    ).fetchall()
    for schema in {schema for schema, *_ in tables}:
        con.execute(f'create schema if not exists "{schema}"')
        if schema == "raw":
            # Here it is said how raw text is stored, which differs when encrypted.
            create_raw_schema(con)
    for schema, table, sql, comment in tables:
        con.execute(sql.replace("CREATE TABLE ", "CREATE TABLE IF NOT EXISTS ", 1))
        con.execute(f'insert into "{schema}"."{table}" by name from before."{schema}"."{table}"')
        if comment:
            con.execute(f'comment on table "{schema}"."{table}" is {quoted(comment)}')
    for schema, table, column, comment in con.execute(
        "select schema_name, table_name, column_name, comment from duckdb_columns()"
        " semi join duckdb_tables() using (table_oid, database_name)"
        " where database_name = 'before' and comment is not null"
    ).fetchall():
        con.execute(f'comment on column "{schema}"."{table}"."{column}" is {quoted(comment)}')


def _remove(copy: Path) -> None:
    for file in copy.parent.glob(f"{copy.name}*"):
        file.unlink()
