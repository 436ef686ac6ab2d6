"""A Relevé home of a test's own, used as a company would use one.

Files go into its landing folder, a close bills them, and the published tables
say what came out.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from orchestration.definitions import defs

DOCUMENTS = dg.AssetKey("invoice_documents")


@dataclass(frozen=True)
class World:
    """One RELEVE_HOME."""

    home: Path

    def land(self, table: str, *rows: Mapping[str, str]) -> None:
        """Leaves the rows as one CSV file of that table; a missing value is empty."""
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with self._new_file(table, "csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)

    def land_query(self, table: str, query: str, **parameters: object) -> None:
        """Leaves the query's rows as one Parquet file of that table."""
        with duckdb.connect() as connection:
            self.land_relation(connection, table, query, **parameters)

    def land_relation(
        self, connection: duckdb.DuckDBPyConnection, table: str, query: str, **parameters: object
    ) -> None:
        """Leaves the rows of a query on that connection as one Parquet file of that table."""
        connection.execute(f"create or replace temp table landing as {query}", parameters)
        path = self._new_file(table, "parquet")
        connection.execute(f"copy landing to '{path}' (format parquet)")

    def close(self, bill_date: str, held: Sequence[str] = ()) -> None:
        """Closes the bill date; `held` are the accounts that it must hold."""
        self.run_close(bill_date)
        reasons = dict(self.marts("select account_id, reason from marts.held_accounts"))
        assert sorted(reasons) == sorted(held), reasons

    def run_close(self, bill_date: str) -> None:
        """Closes the bill date by its job, all but the documents.

        Thirty thousand lines on paper take many times as long as the close
        itself, and say nothing that the published tables do not. Nor does
        Dagster's record of the run, which stays in memory here.
        """
        with (
            pytest.MonkeyPatch.context() as patch,
            dg.DagsterInstance.ephemeral() as instance,
        ):
            patch.setenv("RELEVE_HOME", str(self.home))
            job = defs().resolve_job_def("close_cycle")
            keys = set(job.asset_layer.executable_asset_keys) - {DOCUMENTS}
            job.execute_in_process(
                run_config={"loggers": {"progress": {}}},
                partition_key=bill_date,
                asset_selection=sorted(keys),
                instance=instance,
            )

    def marts(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query of the published marts."""
        return self._rows("marts.duckdb", query)

    def warehouse(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query of the warehouse, which holds unrounded amounts too."""
        return self._rows("warehouse.duckdb", query)

    def _rows(self, database: str, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.home / database), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def _new_file(self, table: str, extension: str) -> Path:
        folder = self.home / "landing" / table
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{len(list(folder.iterdir())):03}.{extension}"


def seller(entity_id: str, currency: str, country_code: str) -> dict[str, str]:
    """A billing entity whose days are UTC days."""
    return {
        "entity_id": entity_id,
        "name": "Seller",
        "country_code": country_code,
        "currency": currency,
        "timezone": "UTC",
        "locale": "en_GB",
        "invoice_prefix": entity_id,
        "credit_note_prefix": f"{entity_id}-credit",
    }


def tax_rate(country_code: str, rate: str) -> dict[str, str]:
    """The standard rate of a country, for all time; what is not taxed says why."""
    row = {"tax_code": "standard", "country_code": country_code, "rate": rate}
    if Decimal(rate):
        return row
    return {**row, "category": "O", "exemption_reason": "No value added tax"}


def exact(rows: list[tuple[Any, ...]]) -> dict[str, tuple[Decimal | int, ...]]:
    """Rows by their first column; what follows must be exact numbers."""
    for row in rows:
        for value in row[1:]:
            assert isinstance(value, Decimal | int), f"{value!r} of {row} is not exact"
    return {str(row[0]): tuple(row[1:]) for row in rows}
