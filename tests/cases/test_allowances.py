"""Allowances are billed as allowances.yml works out by hand.

Every case is a company of its own; all of them are closed together, on four
bill dates, and what a case lands late lands between two of them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.home import Home
from orchestration.laws import LAWS, Law
from tests.control_totals.world import World, seller, tax_rate
from tests.renderers.einvoice.judging import assert_all_are_right

CLOSES = ("2025-02-01", "2025-03-01", "2025-04-01", "2025-05-01")
CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("allowances.yml").read_text(encoding="utf-8")
)["cases"]

# A case's own names; plans, charges, meters and sellers are everybody's.
OWN_NAMES = (
    "account_id",
    "payer_account_id",
    "subscription_id",
    "allowance_id",
    "change_id",
    "event_id",
    "item_id",
)
DEFAULTS: dict[str, dict[str, str]] = {
    "accounts": {
        "entity_id": "seller",
        "name": "Customer",
        "country_code": "FR",
        "billing_anchor": "2025-01-01",
    },
    "subscriptions": {"subscription_id": "s"},
    "subscription_changes": {"subscription_id": "s"},
    "usage_events": {"subscription_id": "s", "meter_id": "units"},
    "one_time_charges": {"description": "Once", "currency": "EUR"},
}

Row = dict[str, str]
# By case, payer and bill date.
Found = dict[str, dict[str, dict[str, list[list[Any]]]]]


def _charge(plan_id: str, **charge: str) -> Row:
    kind = {"name": "Charge", "kind": "recurring", "model": "per_unit", "timing": "advance"}
    return {"charge_id": plan_id, "plan_id": plan_id, **kind, **charge}


METERED = {"kind": "usage", "meter_id": "units", "timing": "arrears"}
QUARTERLY = {**METERED, "rating_period": "quarter"}
CHARGES = (
    (_charge("monthly"), "100"),
    (_charge("floor", minimum_amount="80"), "100"),
    (_charge("ceiling", maximum_amount="60"), "100"),
    (_charge("metered", **METERED), "1"),
    (_charge("capped", maximum_amount="100", **QUARTERLY), "1"),
    (_charge("volume", **{**QUARTERLY, "model": "volume"}), ""),
    (_charge("phone"), "100"),
    (_charge("phone", charge_id="calls", **METERED), "1"),
    (_charge("books", tax_code="books"), "50"),
    (_charge("cheap"), "0.01"),
    (_charge("cheapbook", tax_code="books"), "0.01"),
)
VOLUME = (
    {"from_units": "0", "to_units": "10", "unit_price": "10"},
    {"from_units": "10", "to_units": "", "unit_price": "5"},
)


def _catalogue(world: World) -> None:
    world.land("billing_entities", {**seller("seller", "EUR", "FR"), "vat_id": "FR05012045878"})
    books = {"tax_code": "books", "country_code": "FR", "rate": "5.5"}
    world.land("tax_rates", tax_rate("FR", "20"), books)
    world.land("meters", {"meter_id": "units", "name": "Units", "aggregation": "sum"})
    plans = {charge["plan_id"] for charge, _ in CHARGES}
    world.land("plans", *({"plan_id": plan, "name": plan} for plan in sorted(plans)))
    world.land("charges", *(charge for charge, _ in CHARGES))
    prices = [
        {"charge_id": charge["charge_id"], "currency": "EUR", "unit_price": price}
        for charge, price in CHARGES
        if price
    ]
    tiers = [{"charge_id": "volume", "currency": "EUR", **tier} for tier in VOLUME]
    dollars = {"charge_id": "monthly", "currency": "USD", "unit_price": "110"}
    world.land("prices", *prices, *tiers, dollars)


def _landing(bill_date: str) -> Iterator[tuple[str, Row]]:
    """The rows that land before a close, those of all cases."""
    for case in CASES:
        for table, rows in case["lands"].get(bill_date, {}).items():
            for given in rows:
                names = {**DEFAULTS.get(table, {}), **given}
                if table == "allowances" and "subscription_id" not in given:
                    names.pop("subscription_id", None)
                yield (
                    table,
                    {
                        name: f"{case['id']}/{value}" if name in OWN_NAMES else str(value)
                        for name, value in names.items()
                    },
                )


@pytest.fixture(scope="module")
def world(new_home: Callable[[], Home]) -> World:
    """All cases, closed on every bill date."""
    world = World(new_home().root)
    _catalogue(world)
    for bill_date in CLOSES:
        landing: dict[str, list[Row]] = defaultdict(list)
        for table, row in _landing(bill_date):
            landing[table].append(row)
        for table, rows in landing.items():
            world.land(table, *rows)
        world.close(bill_date)
    return world


@pytest.fixture(scope="module")
def bills(world: World) -> Found:
    """Every line."""
    return _found(
        world,
        """
        select
            invoices.account_id, cast(invoices.bill_date as varchar),
            lines.line_type, coalesce(lines.allowance_id, ''),
            cast(lines.service_start as varchar), lines.tax_rate, lines.net_amount,
            lines.currency
        from marts.invoice_lines as lines
        inner join marts.invoices as invoices on lines.invoice_id = invoices.invoice_id
        order by all
        """,
    )


@pytest.fixture(scope="module")
def documents(world: World) -> Found:
    """Net, allowance, tax and total of every document, in the order of their numbers."""
    return _found(
        world,
        """
        select
            account_id, cast(bill_date as varchar), net_amount, allowance_amount, tax_amount,
            total_amount
        from marts.invoices
        order by bill_date, invoice_number
        """,
    )


def _found(world: World, query: str) -> Found:
    found: Found = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for account, bill_date, *values in world.marts(query):
        case_id, payer = account.split("/")
        plain = [
            value.removeprefix(f"{case_id}/") if isinstance(value, str) else value
            for value in values
        ]
        found[case_id][payer][bill_date].append(plain)
    return found


def _line(
    kind: str, allowance: Any, start: str, rate: Any, amount: str, currency: str = "EUR"
) -> list[Any]:
    return [kind, str(allowance), start, Decimal(str(rate)), Decimal(amount), currency]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_allowances_are_billed_as_worked_by_hand(
    case: dict[str, Any], bills: Found, documents: Found
) -> None:
    assert bills[case["id"]] == {
        payer: {
            bill_date: sorted(_line(*fields) for fields in lines)
            for bill_date, lines in dates.items()
        }
        for payer, dates in case["bills"].items()
    }
    for payer, dates in case.get("documents", {}).items():
        assert documents[case["id"]][payer] == {
            bill_date: [[Decimal(amount) for amount in amounts] for amounts in rows]
            for bill_date, rows in dates.items()
        }


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.sentence)
def test_the_laws_hold_after_all_allowances(law: Law, world: World) -> None:
    assert world.warehouse(law.violations) == []


def test_every_e_invoice_keeps_the_official_rules(world: World) -> None:
    assert assert_all_are_right(world.home / "warehouse.duckdb", with_french=False) > 0
