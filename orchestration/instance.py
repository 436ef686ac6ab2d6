"""Dagster's record of runs, opened so that keeping it costs less than what it records.

Dagster makes an engine and a connection for each of the two thousand statements of a close, and
SQLite waits for the disk at the end of every one: longer than the close itself. Here a database
keeps its engine, with the statements that it has compiled, and its one connection. SQLite waits
when it moves its journal into the database, which is enough to keep the record whole; what a
power cut could lose is the record's last moments. The ledger is not in these files.

The files are Dagster's own: its pages read them with its own storage.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

import dagster as dg
import sqlalchemy
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import ConnectionPoolEntry

from orchestration.home import Home

_BUSY_SECONDS = 30


class KeptEventLog(SqliteEventLogStorage):
    """The event log of one process, a connection to each of its databases kept open."""

    _engines: dict[str, Engine]
    _found: set[str]

    def has_table(self, table_name: str) -> bool:
        """Whether the index has this table; asked at each event, and one that is there stays."""
        return self._is_found(table_name, lambda: super(KeptEventLog, self).has_table(table_name))

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        return self._is_found(
            f"asset_keys.{column_name}",
            lambda: super(KeptEventLog, self)._has_asset_key_col_on_connection(conn, column_name),
        )

    def _is_found(self, name: str, look: Callable[[], bool]) -> bool:
        if "_found" not in vars(self):
            self._found = set()
        if name not in self._found and look():
            self._found.add(name)
        return name in self._found

    def fetch_materializations(
        self,
        records_filter: dg.AssetKey | dg.AssetRecordsFilter,
        limit: int,
        *more: Any,
        **named: Any,
    ) -> dg.EventRecordsResult:
        """As stored; each check asks for the last of its asset and partition, made here."""
        if isinstance(records_filter, dg.AssetRecordsFilter) and limit == 1:
            key, partitions = records_filter.asset_key, records_filter.asset_partitions
            made = self._last_made(key, partitions)
            asks_more = any(more) or any(named.values())
            if made and not asks_more and records_filter == dg.AssetRecordsFilter(key, partitions):
                return dg.EventRecordsResult([made], cursor=str(made.storage_id), has_more=True)
        return super().fetch_materializations(records_filter, limit, *more, **named)

    def get_latest_tags_by_partition(
        self,
        asset_key: dg.AssetKey,
        event_type: dg.DagsterEventType,
        tag_keys: Sequence[str],
        asset_partitions: Sequence[str] | None = None,
        *more: Any,
        **named: Any,
    ) -> Mapping[str, Mapping[str, str]]:
        """As stored; each asset asks for the version of what it was made of, made here."""
        made = self._last_made(asset_key, asset_partitions)
        asks_more = any(more) or any(named.values())
        if made and not asks_more and made.event_type == event_type:
            materialization, partition = made.asset_materialization, made.partition_key
            tags = (materialization and materialization.tags) or {}
            return {str(partition): {key: tags[key] for key in tag_keys if key in tags}}
        return super().get_latest_tags_by_partition(
            asset_key, event_type, tag_keys, asset_partitions, *more, **named
        )

    def _store_asset_event(self, conn: Connection, event: dg.EventLogEntry, event_id: int) -> None:
        super()._store_asset_event(conn, event, event_id)
        record = dg.EventLogRecord(event_id, event)
        if record.asset_materialization and record.asset_key and record.partition_key:
            vars(self).setdefault("_made", {})[record.asset_key, record.partition_key] = record

    def _last_made(
        self, key: dg.AssetKey, partitions: Sequence[str] | None
    ) -> dg.EventLogRecord | None:
        if not partitions or len(partitions) != 1:
            return None
        found: dg.EventLogRecord | None = vars(self).get("_made", {}).get((key, partitions[0]))
        return found

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def dispose(self) -> None:
        """Close every database; the journals are moved now."""
        super().dispose()
        for engine in vars(self).get("_engines", {}).values():
            engine.dispose()

    def _engine(self, shard: str) -> Engine:
        if "_engines" not in vars(self):
            self._engines = {}
        if shard not in self._engines:
            self._engines[shard] = sqlalchemy.create_engine(
                self.conn_string_for_shard(shard), connect_args={"timeout": _BUSY_SECONDS}
            )
            sqlalchemy.event.listen(self._engines[shard], "connect", _wait_for_the_journal_only)
        return self._engines[shard]

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Self:
        """As Dagster asks a storage to be made of its configuration."""
        return cls(inst_data=inst_data, **config_value)


def _wait_for_the_journal_only(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.execute("pragma synchronous = normal")


@contextmanager
def open_instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """The home's Dagster instance, for one block of work."""
    ref = InstanceRef.from_dir(
        str(home.dagster),
        overrides={
            "event_log_storage": {
                "module": KeptEventLog.__module__,
                "class": KeptEventLog.__name__,
                "config": {"base_dir": str(home.dagster / "history" / "runs")},
            }
        },
    )
    with dg.DagsterInstance.from_ref(ref) as instance:
        yield instance
