"""How DuckDB opens a database file, in clear or under the key of the environment.

Not here: who may open the warehouse, and with which settings (database.py); what a key is
(encryption.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.encryption import key_of, let_write, named_key, refusal


def open_file(file: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """A connection whose database is the file's, of the same name with a key and without.

    Raises WarehouseKeyError when the key does not fit.
    """
    key = key_of(file, named_key())
    if key is None:
        try:
            return duckdb.connect(str(file), read_only=read_only)
        except duckdb.CatalogException as error:
            _explain(file, error)
            raise
    con = duckdb.connect(address(file))
    try:
        if not con.execute("from duckdb_databases() where path is not null").fetchall():
            con.execute(f"set temp_directory = {quoted(f'{file}.tmp')}")
            con.execute("set temp_file_encryption = true")
            attach(con, file, file.stem, key, read_only=read_only)
        con.execute(f'use "{file.stem}"')
    except BaseException:
        con.close()
        raise
    return con


@contextmanager
def open_published(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open marts.duckdb, or the public one, for a block of reading."""
    connection = open_file(file, read_only=True)
    try:
        yield connection
    finally:
        connection.close()


def address(file: Path) -> str:
    """What another part of this process connects to, to be in a file that is open here.

    DuckDB attaches an encrypted file to a database in memory, which is known by its name: whoever
    connects to that needs no key.
    """
    return f":memory:{file}" if named_key() else str(file)


def attach(
    con: duckdb.DuckDBPyConnection,
    file: Path,
    name: str,
    key: str | None,
    *,
    read_only: bool = False,
) -> None:
    """Attach a database as `name`, under its key where it has one.

    The key is bound as a value: no statement holds it, so no log and no message of an error.
    """
    options = ["read_only"] if read_only else []
    if key is not None:
        if not read_only:
            let_write(con)
        con.execute("set variable database_key = ?", [key])
        options.append("encryption_key getvariable('database_key')")
    listed = f" ({', '.join(options)})" if options else ""
    try:
        con.execute(f'attach {quoted(str(file))} as "{name}"{listed}')
    except (duckdb.CatalogException, duckdb.InvalidInputException) as error:
        _explain(file, error)
        raise
    finally:
        if key is not None:
            con.execute("reset variable database_key")


def _explain(file: Path, error: duckdb.Error) -> None:
    refused = refusal(file, error)
    if refused is not None:
        raise refused from error


def quoted(text: str) -> str:
    """A text as SQL writes it, for the statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"
