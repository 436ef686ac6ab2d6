"""The models' own SQL, on rows that a test makes up."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
from dbt.cli.main import dbtRunner

from orchestration.defs.billing.manifest import folders, load_manifest, warehouse_named
from orchestration.home import Home

# Columns with their types, and rows, of a table by its schema and name.
Tables = Mapping[str, tuple[str, Sequence[Sequence[Any]]]]


def compiled(home: Home, *models: str) -> Mapping[str, str]:
    """The SQL of models as dbt compiles it."""
    with warehouse_named(home):
        result = dbtRunner(manifest=load_manifest(home)).invoke(
            [
                *("--quiet", "--log-level=none", "compile", "--no-write-json"),
                *("--select", *models),
                *folders(home),
            ]
        )
    assert result.success, result.exception
    runs = getattr(result.result, "results", [])
    return {run.node.name: run.node.compiled_code for run in runs}


def rows_of(query: str, tables: Tables) -> list[Any]:
    """The rows of a compiled model, reading tables of these columns and rows."""
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse")
        for name, (columns, rows) in tables.items():
            connection.execute(f"create schema if not exists warehouse.{name.partition('.')[0]}")
            connection.execute(f"create table warehouse.{name} ({columns})")
            if rows:
                places = ", ".join("?" * len(rows[0]))
                connection.executemany(f"insert into warehouse.{name} values ({places})", rows)
        return connection.execute(query).fetchall()
