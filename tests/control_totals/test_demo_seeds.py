"""The demo's real usage: made from the data sets as its README says, and rated to its totals.

The totals in seeds/demo/control_totals.csv are worked out here a second time
in plain Python, with no SQL and no rule of the product but these: an event
belongs to its date in Paris, to the plan that its subscription then has, and
to the charges of that plan whose filter it passes.
"""

import csv
import gzip
import json
import runpy
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from shutil import copytree
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from orchestration.home import Home
from tests.control_totals.world import World, exact

PROJECT = Path(__file__).parents[2]
DEMO = PROJECT / "seeds" / "demo"
DATA = Path(__file__).parent / "data"
PARIS = ZoneInfo("Europe/Paris")
LAST_CLOSE = "2024-01-01"

Totals = dict[tuple[str, str], tuple[int, Decimal, Decimal]]


@dataclass(frozen=True)
class Event:
    """One row of usage; `day` is its date in Paris."""

    subscription_id: str
    meter_id: str
    day: str
    quantity: Decimal
    properties: dict[str, Any]


def _table(name: str) -> list[dict[str, str]]:
    """The rows of a table, of all its CSV files in both folders."""
    rows = []
    for path in sorted([*DEMO.glob(f"*/{name}.csv"), *DEMO.glob(f"*/{name}/*.csv")]):
        with path.open(encoding="utf-8", newline="") as file:
            rows += list(csv.DictReader(file))
    return rows


def _files() -> list[Path]:
    """Every usage file but that of the faulty rows, which are invented."""
    paths = [path for path in DEMO.glob("*/usage_events/*") if path.name != "faulty_rows.csv"]
    return sorted(paths)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a usage file, its numbers as they are written."""
    if path.suffix == ".parquet":
        with duckdb.connect() as connection:
            connection.execute("set timezone = 'UTC'")
            cursor = connection.execute(
                "select * replace (cast(occurred_at as varchar) as occurred_at)"
                " from read_parquet($path)",
                {"path": str(path)},
            )
            names = [column[0] for column in cursor.description or []]
            while batch := cursor.fetchmany(10000):
                yield from (dict(zip(names, row, strict=True)) for row in batch)
    elif path.suffix == ".jsonl":
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line, parse_float=Decimal)
    else:
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        yield from csv.DictReader(text.decode().splitlines())


def _events(meters: dict[str, dict[str, str]]) -> Iterator[Event]:
    for path in _files():
        for row in _rows(path):
            meter = meters[row["meter_id"]]
            properties = json.loads(row.get("properties") or "{}", parse_int=Decimal)
            quantity = properties[meter["property"]] if meter["property"] else row["quantity"]
            occurred_at = datetime.fromisoformat(row["occurred_at"])
            yield Event(
                row["subscription_id"],
                row["meter_id"],
                occurred_at.astimezone(PARIS).date().isoformat(),
                Decimal(1 if quantity is None else quantity),
                properties,
            )


def _last_bill_dates() -> dict[str, str]:
    """The last day, by account, on which its payer closes by the third close."""
    accounts = {row["account_id"]: row for row in _table("accounts")}
    days = {}
    for account_id, account in accounts.items():
        payer = account
        while payer["payer_account_id"]:
            payer = accounts[payer["payer_account_id"]]
        # The one empty anchor is a subscription that starts on the 10th.
        day = (payer["billing_anchor"] or "2023-10-10")[-2:]
        days[account_id] = LAST_CLOSE if day == "01" else f"2023-12-{day}"
    return days


def _plan_on(day: str, subscription: dict[str, str], changes: list[dict[str, str]]) -> str:
    """The plan of a day; nobody uses anything outside an active subscription."""
    assert subscription["starts_on"] <= day < (subscription["ends_on"] or "9999")
    plan, is_active = subscription["plan_id"], True
    for change in changes:
        if change["effective_on"] <= day:
            plan = change["plan_id"] or plan
            is_active = change["change"] not in {"pause", "cancel"}
    assert is_active
    return plan


def _passes(event: Event, filters: str) -> bool:
    return all(
        event.properties.get(name) in (wanted if isinstance(wanted, list) else [wanted])
        for name, wanted in json.loads(filters or "{}").items()
    )


@pytest.fixture(scope="module")
def recounted() -> Totals:
    """Events, quantity and amount that three closes bill, by charge of one price and currency."""
    accounts = {row["account_id"]: row for row in _table("accounts")}
    subscriptions = {row["subscription_id"]: row for row in _table("subscriptions")}
    changes = defaultdict(list)
    for change in sorted(_table("subscription_changes"), key=lambda row: row["effective_on"]):
        changes[change["subscription_id"]].append(change)
    prices = {(row["charge_id"], row["currency"]): row["unit_price"] for row in _table("prices")}
    charges = defaultdict(list)
    for charge in _table("charges"):
        if charge["kind"] == "usage" and charge["model"] == "per_unit":
            charges[charge["plan_id"], charge["meter_id"]].append(charge)
    last_bill_dates = _last_bill_dates()
    counted: Totals = {}
    for event in _events({row["meter_id"]: row for row in _table("meters")}):
        subscription = subscriptions[event.subscription_id]
        account_id = subscription["account_id"]
        plan = _plan_on(event.day, subscription, changes[event.subscription_id])
        if event.day >= last_bill_dates[account_id]:
            continue
        for charge in charges[plan, event.meter_id]:
            if _passes(event, charge["filters"]):
                key = charge["charge_id"], accounts[account_id]["currency"]
                count, quantity, amount = counted.get(key, (0, Decimal(0), Decimal(0)))
                worth = event.quantity * Decimal(prices[key])
                counted[key] = count + 1, quantity + event.quantity, amount + worth
    return counted


@pytest.fixture(scope="module")
def demo(new_home: Callable[[], Home]) -> World:
    """The demo company's whole quarter in one close."""
    world = World(new_home().root)
    for folder in ("landing", "late"):
        copytree(DEMO / folder, world.home / "landing", dirs_exist_ok=True)
    world.close(LAST_CLOSE, held=["C-1442"])
    return world


def _stated() -> Totals:
    with (DEMO / "control_totals.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["charge_id"], row["currency"]): (
                int(row["events"]),
                Decimal(row["quantity"]),
                Decimal(row["exact_amount"]),
            )
            for row in csv.DictReader(file)
        }


def test_the_stated_totals_are_those_of_the_files(recounted: Totals) -> None:
    assert recounted == _stated()


def test_the_closes_rate_the_demo_to_the_stated_totals(demo: World) -> None:
    rated = demo.warehouse(
        """
        select charge_id || ' ' || currency, sum(quantity), sum(exact_amount)
        from intermediate.int_items_rated
        where item_id in (select item_id from marts.invoice_lines)
        group by all
        """
    )
    stated = {" ".join(key): (quantity, worth) for key, (_, quantity, worth) in _stated().items()}
    assert {key: value for key, value in exact(rated).items() if key in stated} == stated


def test_faulty_rows_are_each_accounted_for(demo: World) -> None:
    faulty = demo.warehouse(
        """
        select row_count, accepted_count, duplicate_count, rejected_count
        from raw.landed_files
        where path like '%faulty_rows.csv'
        """
    )
    assert faulty == [(11, 4, 1, 6)]
    assert demo.marts("select row_key from marts.waiting_rows") == [("FAULTY-08",)]
    unbillable = demo.marts("select subscription_id, quantity, reason from marts.unbillable_usage")
    assert unbillable == [("MOB-0001", Decimal(4), "no_charge")]


def test_the_derived_files_are_made_from_the_data_sets(tmp_path: Path) -> None:
    script = runpy.run_path(str(DEMO / "build_demo.py"))
    script["build"](DATA, tmp_path)
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert made == sorted(Path(name) for name in script["OUTPUTS"])
    for name in made:
        assert (tmp_path / name).read_bytes() == (DEMO / name).read_bytes(), name
