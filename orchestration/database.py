"""Access to the databases' files: who may open the warehouse, and how a file is opened.

No Dagster here, and no SQL beyond the connection's own settings: `verify`
and scripts use it without starting either.
"""

import fcntl
import json
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import duckdb

from orchestration.advice import RESTORE
from orchestration.errors import ReleveError
from orchestration.files import open_file, quoted
from orchestration.home import Home

# As in profiles.yml, for it is the same database, and of all connections that this process has to
# it. Rows that are written in no order fill their groups, which nothing has to fill up later; a
# close puts its journal in order once, at its end.
_SETTINGS = {
    "TimeZone": "UTC",
    "preserve_insertion_order": "false",
    "checkpoint_threshold": "4GB",
}
# What DuckDB may hold at once unless RELEVE_MEMORY says otherwise; the rest is put on disk.
MEMORY = "4GB"

# How the folder of a preview is named, before the number of its process.
PREVIEW = "preview-"

_POLL_SECONDS = 0.2
_REPORT_SECONDS = 10.0
_OPEN_SECONDS = 30.0
_one_in_this_process = threading.Lock()

_logger = logging.getLogger(__name__)


class WarehouseBusyError(ReleveError):
    """Another program holds the warehouse's file: which, and what to do."""


class WarehouseLostError(ReleveError):
    """What a warehouse made is there, and the warehouse is not: what to do."""


@contextmanager
def warehouse_lock(
    home: Home,
    holder: str,
    report: Callable[[str], None] = _logger.info,
) -> Iterator[None]:
    """Hold the warehouse for this process; wait for whoever has it now.

    A record lock (`lockf`): the kernel drops it when the process ends,
    however it ends, and a child that outlives its parent does not keep it.
    `holder` is what another process is told that it waits for.
    """
    with _one_in_this_process, home.lock.open("a+", encoding="utf-8") as file:
        waited = 0.0
        while True:
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except (BlockingIOError, PermissionError):
                if waited % _REPORT_SECONDS < _POLL_SECONDS:
                    file.seek(0)
                    report(f"waiting for {_described(file.read())} to finish")
                time.sleep(_POLL_SECONDS)
                waited += _POLL_SECONDS
        note = {
            "holder": holder,
            "pid": os.getpid(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        file.truncate(0)
        file.write(json.dumps(note))
        file.flush()
        _sweep(home)
        try:
            yield
        finally:
            file.truncate(0)
            fcntl.lockf(file, fcntl.LOCK_UN)


@contextmanager
def open_warehouse(
    home: Home, *, read_only: bool = False, patience: float = _OPEN_SECONDS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open warehouse.duckdb for a block of work, then let go of the file.

    Instants are read and written in UTC. Retries for `patience` seconds while
    another program has the file open; then `WarehouseBusyError`. Opened inside
    such a block of the same process it is the same database, with what is in
    memory of it, and stays so until the last block ends. A warehouse that is gone
    is not begun anew: `WarehouseLostError`. A key that does not fit raises
    `WarehouseKeyError`.
    """
    _refuse_lost(home)
    connection = _connect(home, read_only=read_only, patience=patience)
    try:
        for name, value in _SETTINGS.items():
            connection.execute(f"set global {name} = '{value}'")
        _limit_memory(connection, os.environ.get("RELEVE_MEMORY", MEMORY))
        yield connection
    finally:
        connection.close()


def another_cursor(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A second connection to the same database, which stands where `con` does."""
    (name,) = con.execute("select current_database()").fetchone() or ("memory",)
    cursor = con.cursor()
    cursor.execute(f'use "{name}"')
    return cursor


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what the block does, or none of it.

    A commit that fails, as on a full disk, has ended the transaction: then there is nothing to
    roll back, and saying so would hide why.
    """
    con.execute("begin transaction")
    try:
        yield
        con.execute("commit")
    except BaseException:
        with suppress(duckdb.Error):
            con.execute("rollback")
        raise


def row_counts(con: duckdb.DuckDBPyConnection, schema: str) -> dict[str, int]:
    """Rows of each table of a schema, by name in order; views are not counted."""
    tables = con.execute(
        "select table_name from duckdb_tables()"
        " where schema_name = ? and database_name = current_database() order by table_name",
        [schema],
    ).fetchall()
    counts = {}
    for (table,) in tables:
        row = con.execute(f'select count(*) from {schema}."{table}"').fetchone()
        counts[table] = row[0] if row else 0
    return counts


def is_alive(process: int) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _sweep(home: Home) -> None:
    """Remove what killed processes left: what DuckDB had put on disk, copies for previews."""
    shutil.rmtree(f"{home.warehouse}.tmp", ignore_errors=True)
    for folder in home.temporary.glob(f"{PREVIEW}*"):
        process = folder.name.removeprefix(PREVIEW).split("-")[0]
        if not (process.isdecimal() and is_alive(int(process))):
            shutil.rmtree(folder, ignore_errors=True)


def _refuse_lost(home: Home) -> None:
    """A new warehouse would issue again, under the same numbers, all that the lost one had."""
    if home.warehouse.exists():
        return
    if home.restoring.exists():
        raise WarehouseLostError(
            f"A restore into {home.root} was cut short. Run it again (releve restore FILE)."
        )
    if home.marts.exists():
        raise WarehouseLostError(
            f"{home.warehouse} is gone, and {home.marts} shows that documents may have been issued"
            f" from it. {RESTORE.format(home=home)} To begin anew instead, move what is in"
            f" {home.root} away first."
        )


def _limit_memory(connection: duckdb.DuckDBPyConnection, limit: str) -> None:
    try:
        connection.execute(f"set memory_limit = {quoted(limit)}")
    except duckdb.Error as error:
        raise ReleveError(f"RELEVE_MEMORY is {limit!r}; write it as 4GB.") from error


def _connect(home: Home, *, read_only: bool, patience: float) -> duckdb.DuckDBPyConnection:
    deadline = time.monotonic() + patience
    while True:
        try:
            return open_file(home.warehouse, read_only=read_only)
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise
            if time.monotonic() >= deadline:
                raise WarehouseBusyError(
                    f"{home.warehouse} is open in another program. Close that "
                    "program and run the command again; to read while a close "
                    f"writes, open {home.marts} instead.\n"
                    f"DuckDB says: {error}"
                ) from error
            time.sleep(_POLL_SECONDS)


def _described(note: str) -> str:
    """The holder's note as words; it may be half written, or not yet."""
    try:
        held = json.loads(note)
        return f"{held['holder']} (process {held['pid']}, since {held['since']})"
    except (ValueError, KeyError, TypeError):
        return "another process"
