"""The contract is one list: what dbt describes, what files may hold, what raw has."""

import duckdb
import pytest

from orchestration.defs.landing.contract import (
    Column,
    Table,
    contract,
    create_raw_schema,
    landing_tables,
)
from tests.landing.world import GOOD

TECHNICAL = {"landing_id", "source_file", "source_row", "landed_at"}


def columns() -> list[tuple[str, Column]]:
    """Every column with its table's name."""
    return [(table.name, column) for table in contract().values() for column in table.columns]


def test_the_contract_has_the_tables_that_land() -> None:
    assert set(landing_tables()) == set(GOOD)


@pytest.mark.parametrize("table", landing_tables().values(), ids=lambda table: table.name)
def test_every_table_has_a_key_and_says_where_a_row_came_from(table: Table) -> None:
    assert table.key
    assert {column.name for column in table.columns} >= TECHNICAL
    assert table.has("withdrawn") is table.is_event
    assert table.has("updated_at") is not table.is_event


def test_every_column_is_described() -> None:
    assert [name for name, column in columns() if len(column.description) < 5] == []


def test_a_closed_list_holds_its_default() -> None:
    assert [
        (name, column.name)
        for name, column in columns()
        if column.values and column.default and column.default not in column.values
    ] == []


def test_raw_has_exactly_the_columns_of_the_contract_in_its_types() -> None:
    with duckdb.connect() as con:
        create_raw_schema(con)
        create_raw_schema(con)
        found = con.execute(
            "select table_name, column_name, lower(data_type) from duckdb_columns()"
            " where schema_name = 'raw'"
        ).fetchall()
    types = {"timestamptz": "timestamp with time zone"}
    assert sorted(found) == sorted(
        (name, column.name, types.get(column.data_type, column.data_type))
        for name, column in columns()
    )


def test_a_column_that_the_contract_gained_is_added_and_no_row_is_lost() -> None:
    with duckdb.connect() as con:
        create_raw_schema(con)
        con.execute("alter table raw.plans drop column service")
        con.execute("insert into raw.plans (plan_id, name) values ('p', 'Plan')")
        create_raw_schema(con)
        assert con.execute("select plan_id, service from raw.plans").fetchall() == [("p", None)]
