"""The data contract, read from the dbt sources file, and the raw tables it describes.

Not here: how a value is checked (columns.py) or how a file is read (files.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

SOURCES_FILE = Path(__file__).parents[3] / "dbt_project/models/staging/_raw__sources.yml"


@dataclass(frozen=True)
class Column:
    """One column of a raw table and what a landed value must satisfy.

    `required_when` names other columns and the values of theirs that make this one required.
    `minimum` is inclusive, `above` exclusive; both are in the column's own unit. `personal` is
    what stands in its place when its account is forgotten: a text, or `nothing`.
    """

    name: str
    data_type: str
    description: str
    is_key: bool = False
    is_required: bool = False
    required_when: tuple[tuple[str, tuple[str, ...]], ...] = ()
    default: str | None = None
    values: tuple[str, ...] = ()
    format: str | None = None
    minimum: int | None = None
    above: int | None = None
    is_written_by_landing: bool = False
    personal: str | None = None


@dataclass(frozen=True)
class Table:
    """One raw table. `kind` is `reference`, `event` or `bookkeeping`.

    `one_of` lists sets of columns of which a row must fill at least one.
    """

    name: str
    kind: str
    description: str
    columns: tuple[Column, ...]
    one_of: tuple[tuple[str, ...], ...] = ()

    @property
    def key(self) -> tuple[Column, ...]:
        """The columns that identify a row, in contract order."""
        return tuple(column for column in self.columns if column.is_key)

    @property
    def landed_columns(self) -> tuple[Column, ...]:
        """The columns that are read from files, in contract order."""
        return tuple(column for column in self.columns if not column.is_written_by_landing)

    @property
    def is_event(self) -> bool:
        """True when a key lands once and never changes."""
        return self.kind == "event"

    def has(self, column_name: str) -> bool:
        """True when the table has a column of that name."""
        return any(column.name == column_name for column in self.columns)


@cache
def contract() -> Mapping[str, Table]:
    """Every raw table by name, in the order of the sources file, bookkeeping tables included."""
    document = yaml.safe_load(SOURCES_FILE.read_text(encoding="utf-8"))
    (source,) = document["sources"]
    return {entry["name"]: _table(entry) for entry in source["tables"]}


def landing_tables() -> Mapping[str, Table]:
    """The tables that files may land in, by name."""
    return {name: table for name, table in contract().items() if table.kind != "bookkeeping"}


def create_raw_schema(con: duckdb.DuckDBPyConnection) -> None:
    """Create the schema `raw` and every table of the contract, or add what the contract gained.

    Safe to repeat; never drops or retypes anything.
    """
    con.execute("create schema if not exists raw")
    dictionary = _dictionary(con)
    for table in contract().values():
        definitions = [_definition(table, column, dictionary) for column in table.columns]
        con.execute(f"create table if not exists raw.{table.name} ({', '.join(definitions)})")
    existing = set(
        con.execute(
            "select table_name, column_name from duckdb_columns()"
            " where schema_name = 'raw' and database_name = current_database()"
        ).fetchall()
    )
    for table in contract().values():
        for column in table.columns:
            if (table.name, column.name) not in existing:
                con.execute(f"alter table raw.{table.name} add {column.name} {column.data_type}")


def _dictionary(con: duckdb.DuckDBPyConnection) -> str:
    """The compression by dictionary that the file can have.

    An encrypted one is of a later format, which no longer writes what others have.
    """
    (encrypted,) = con.execute(
        "select coalesce(bool_or(encrypted), false) from duckdb_databases()"
        " where database_name = current_database()"
    ).fetchone() or (False,)
    return "dict_fsst" if encrypted else "dictionary"


def _definition(table: Table, column: Column, dictionary: str) -> str:
    """A column's SQL.

    Text of events is stored as it is: the search for a shorter form takes a third of the time of
    a large landing (20 million events: 11 s of processor time instead of 19, 1.1 GB instead of
    0.25).
    """
    is_event_text = table.is_event and column.data_type == "varchar"
    if is_event_text and not column.is_written_by_landing:
        return f"{column.name} {column.data_type} using compression uncompressed"
    if is_event_text:
        return f"{column.name} {column.data_type} using compression {dictionary}"
    return f"{column.name} {column.data_type}"


def _table(entry: Mapping[str, Any]) -> Table:
    meta = entry["config"]["meta"]
    return Table(
        name=entry["name"],
        kind=meta["kind"],
        description=entry["description"],
        columns=tuple(_column(column) for column in entry["columns"]),
        one_of=tuple(tuple(columns) for columns in meta.get("one_of", [])),
    )


def _column(entry: Mapping[str, Any]) -> Column:
    meta = entry.get("config", {}).get("meta", {})
    is_key = bool(meta.get("key"))
    default = meta.get("default")
    return Column(
        name=entry["name"],
        data_type=entry["data_type"],
        description=entry["description"],
        is_key=is_key,
        is_required=bool(meta.get("required")) or (is_key and not meta.get("optional")),
        required_when=tuple(
            (name, tuple(values)) for name, values in meta.get("required_when", {}).items()
        ),
        default=None if default is None else str(default),
        values=tuple(meta.get("values", [])),
        format=meta.get("format"),
        minimum=meta.get("minimum"),
        above=meta.get("above"),
        is_written_by_landing=meta.get("written_by") == "landing",
        personal=meta.get("personal"),
    )
