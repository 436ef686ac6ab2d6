"""Dagster's record of runs, opened so that keeping it costs less than what it records.

Dagster writes each event in a transaction and a connection of its own, and SQLite waits for the
disk at the end of both: some two thousand times in a close, longer than the close itself. Here
it waits when it moves its journal into the database, which is enough to keep the record whole;
what a power cut could lose is the record's last moments. The ledger is not in these files.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import ConnectionPoolEntry

from orchestration.home import Home


@contextmanager
def open_instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """The home's Dagster instance, for one block of work."""
    kept: dict[str, sqlite3.Connection] = {}

    def relax(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.execute("pragma synchronous = normal")
        (_, _, path) = connection.execute("pragma database_list").fetchone()
        if path not in kept:
            # SQLite moves the journal whenever a database's last connection is closed.
            kept[path] = sqlite3.connect(path, check_same_thread=False)
            kept[path].execute("select count(*) from sqlite_master").fetchone()

    event.listen(Engine, "connect", relax)
    try:
        with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
            yield instance
    finally:
        event.remove(Engine, "connect", relax)
        for connection in kept.values():
            connection.close()
