"""What the tests of landing do: write files, land them, look at what is there."""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.defs.landing.contract import landing_tables
from orchestration.defs.landing.load import land
from orchestration.defs.landing.report import FileReport, LandingReport

EVENT = {
    "event_id": "e1",
    "subscription_id": "s1",
    "meter_id": "m1",
    "occurred_at": "2024-01-31T23:30:00Z",
    "quantity": "1.5",
}
# One good row for every table, so that a test changes only what it is about.
GOOD: Mapping[str, Mapping[str, str]] = {
    "billing_entities": {
        "entity_id": "fr",
        "name": "Relevé SAS",
        "country_code": "FR",
        "currency": "EUR",
    },
    "accounts": {"account_id": "a", "entity_id": "fr", "name": "Élan", "country_code": "FR"},
    "plans": {"plan_id": "p", "name": "Plan"},
    "charges": {
        "charge_id": "c",
        "plan_id": "p",
        "name": "Abonnement",
        "kind": "recurring",
        "model": "flat",
    },
    "prices": {"charge_id": "c", "currency": "EUR"},
    "subscriptions": {
        "subscription_id": "s1",
        "account_id": "a",
        "plan_id": "p",
        "starts_on": "2024-01-01",
    },
    "subscription_changes": {
        "change_id": "x",
        "subscription_id": "s1",
        "effective_on": "2024-01-15",
        "change": "cancel",
    },
    "meters": {"meter_id": "m1", "name": "Meter", "aggregation": "sum"},
    "usage_events": EVENT,
    "one_time_charges": {
        "item_id": "i",
        "account_id": "a",
        "occurred_on": "2024-01-15",
        "description": "Set-up",
        "amount": "50",
    },
    "allowances": {"allowance_id": "d", "account_id": "a", "kind": "percent", "value": "10"},
    "commitments": {
        "commitment_id": "k",
        "account_id": "a",
        "amount": "100",
        "currency": "EUR",
        "period": "month",
    },
    "prepaid_credits": {
        "credit_id": "l",
        "account_id": "a",
        "amount": "100",
        "currency": "EUR",
        "granted_on": "2024-01-01",
    },
    "tax_rates": {"tax_code": "standard", "country_code": "FR", "rate": "20"},
    "exchange_rates": {
        "currency": "USD",
        "base_currency": "EUR",
        "valid_from": "2024-02-01",
        "rate": "0.92",
    },
    "payments": {
        "payment_id": "q",
        "account_id": "a",
        "amount": "9.60",
        "currency": "EUR",
        "received_on": "2024-02-01",
    },
    "anomaly_reviews": {"anomaly_id": "z"},
}


def event(**changes: str) -> dict[str, str]:
    """A good usage event, but for what is given."""
    return {**EVENT, **changes}


def csv_text(rows: Sequence[Mapping[str, str]]) -> str:
    """The rows as CSV, every value quoted."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(names)]
    lines += [
        ",".join('"' + row.get(name, "").replace('"', '""') + '"' for name in names) for row in rows
    ]
    return "\n".join(lines) + "\n"


def jsonl_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows as JSONL, texts as they are."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@dataclass
class World:
    """A landing folder and a warehouse."""

    folder: Path
    con: duckdb.DuckDBPyConnection
    said: list[str] = field(default_factory=list)

    def write(self, path: str, content: str | bytes) -> Path:
        """Put a file into the landing folder; gzip it where its name says so."""
        data = content.encode() if isinstance(content, str) else content
        location = self.folder / path
        location.parent.mkdir(parents=True, exist_ok=True)
        location.write_bytes(gzip.compress(data) if path.endswith(".gz") else data)
        return location

    def write_parquet(self, path: str, query: str) -> Path:
        """Put the result of a query into the landing folder as Parquet."""
        location = self.folder / path
        location.parent.mkdir(parents=True, exist_ok=True)
        duckdb.sql(query).write_parquet(str(location))
        return location

    def land(self) -> LandingReport:
        """Land, and hold the law that every row is accounted for."""
        report = land(self.con, self.folder, self.said.append)
        for file in report.files:
            assert file.landed == file.accepted + file.duplicate + file.rejected
        for table in landing_tables():
            accounted = self.value(
                f"select coalesce(sum(accepted_count), 0) from raw.landed_files"
                f" where table_name = '{table}'"
            )
            assert self.value(f"select count(*) from raw.{table}") == accounted
        return report

    def land_one(self, path: str, content: str | bytes) -> FileReport:
        """Land one more file; what became of it."""
        self.write(path, content)
        (report,) = (file for file in self.land().files if file.path == path)
        return report

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.con.execute(query).fetchall()

    def value(self, query: str) -> Any:
        """The one value of a query."""
        ((value,),) = self.rows(query)
        return value

    def reason(self) -> str:
        """The reason of the one rejected row."""
        return str(self.value("select reason from raw.rejected_rows"))

    def content(self, table: str) -> list[tuple[Any, ...]]:
        """The rows of a raw table, without where they came from, in one order."""
        names = [column.name for column in landing_tables()[table].landed_columns]
        if landing_tables()[table].has("is_local_date"):
            names.append("is_local_date")
        return sorted(self.rows(f"select {', '.join(names)} from raw.{table}"), key=repr)
