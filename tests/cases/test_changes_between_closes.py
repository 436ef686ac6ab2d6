"""What changes between closes is billed as changes.yml works out by hand.

So are prepaid credit and commitments, by prepaid_and_commitments.yml. Every case is a company
of its own; all of them are closed together, on four bill dates, and what a case lands late
lands between two of them.
"""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.home import Home
from orchestration.laws import LAWS, Law
from tests.cases.companies import landing
from tests.control_totals.world import World, seller, tax_rate

CLOSES = ("2025-02-01", "2025-03-01", "2025-04-01", "2025-05-01")
CASES: list[dict[str, Any]] = [
    case
    for name in ("changes.yml", "prepaid_and_commitments.yml")
    for case in yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))["cases"]
]

DEFAULTS: dict[str, dict[str, str]] = {
    "accounts": {"entity_id": "seller", "name": "Customer", "country_code": "FR"},
    "subscriptions": {"subscription_id": "s"},
    "subscription_changes": {"subscription_id": "s"},
    "usage_events": {"subscription_id": "s", "meter_id": "units"},
    "prepaid_credits": {"currency": "EUR"},
    "commitments": {"currency": "EUR", "period": "month"},
}

Line = tuple[str, str, Decimal, str]
Bills = dict[str, dict[str, list[Line]]]


def _charge(plan_id: str, **charge: str) -> dict[str, str]:
    kind = {"name": "Charge", "kind": "recurring", "model": "per_unit", "timing": "advance"}
    return {"charge_id": plan_id, "plan_id": plan_id, **kind, **charge}


METERED = {"kind": "usage", "meter_id": "units", "timing": "arrears"}
CHARGES = (
    (_charge("monthly"), "100"),
    (_charge("weekly", period="week"), "7"),
    (_charge("yearly", period="year"), "365"),
    (_charge("arrears", timing="arrears"), "100"),
    (_charge("metered", **METERED), "1"),
    (_charge("phone"), "100"),
    (_charge("phone", charge_id="calls", **METERED), "1"),
    (_charge("allowance", included_units="30", rating_period="year", **METERED), "1"),
    (_charge("setup", kind="one_time"), "50"),
)


def _catalogue(world: World) -> None:
    recent = {**seller("recent", "EUR", "FR"), "correction_horizon": "1 month"}
    sellers = (seller("seller", "EUR", "FR"), seller("other", "EUR", "FR"), recent)
    world.land("billing_entities", *sellers)
    world.land("tax_rates", tax_rate("FR", "20"))
    world.land("meters", {"meter_id": "units", "name": "Units", "aggregation": "sum"})
    plans = {charge["plan_id"] for charge, _ in CHARGES} | {"free"}
    world.land("plans", *({"plan_id": plan, "name": plan} for plan in sorted(plans)))
    world.land("charges", *(charge for charge, _ in CHARGES))
    prices = [
        {"charge_id": charge["charge_id"], "currency": "EUR", "unit_price": price}
        for charge, price in CHARGES
    ]
    world.land("prices", *prices, {"charge_id": "monthly", "currency": "USD", "unit_price": "110"})


@pytest.fixture(scope="module")
def world(new_home: Callable[[], Home]) -> World:
    """All cases, closed on every bill date."""
    world = World(new_home().root)
    _catalogue(world)
    for bill_date in CLOSES:
        landed: dict[str, list[dict[str, str]]] = defaultdict(list)
        for table, row in landing(CASES, bill_date, DEFAULTS):
            landed[table].append(row)
        for table, rows in landed.items():
            world.land(table, *rows)
        held = [
            f"{case['id']}/{account}"
            for case in CASES
            for account in case.get("held", {}).get(bill_date, [])
        ]
        world.close(bill_date, held)
    return world


@pytest.fixture(scope="module")
def bills(world: World) -> dict[str, Bills]:
    """Every line, by case, payer and bill date."""
    found: dict[str, Bills] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for account, bill_date, start, end, amount, currency in world.marts(
        """
        select
            invoices.account_id, cast(invoices.bill_date as varchar),
            cast(lines.service_start as varchar), cast(lines.service_end as varchar),
            lines.net_amount, lines.currency
        from marts.invoice_lines as lines
        inner join marts.invoices as invoices on lines.invoice_id = invoices.invoice_id
        order by all
        """
    ):
        case_id, payer = account.split("/")
        found[case_id][payer][bill_date].append((start, end, amount, currency))
    return found


@pytest.fixture(scope="module")
def not_billed(world: World) -> dict[str, list[Line]]:
    """What lies beyond the horizon, by case."""
    found: dict[str, list[Line]] = defaultdict(list)
    for account, start, end, amount, currency in world.marts(
        """
        select
            account_id, cast(service_start as varchar), cast(service_end as varchar),
            difference, currency
        from marts.differences_not_billed
        order by all
        """
    ):
        found[account.split("/")[0]].append((start, end, amount, currency))
    return found


@pytest.fixture(scope="module")
def documents(world: World) -> dict[str, Any]:
    """Total, paid from credit and due of every document, by case, payer and bill date."""
    found: dict[str, Any] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for account, bill_date, *amounts in world.marts(
        """
        select
            account_id, cast(bill_date as varchar), total_amount, prepaid_amount, due_amount
        from marts.invoices
        order by bill_date, invoice_number
        """
    ):
        case_id, payer = account.split("/")
        found[case_id][payer][bill_date].append(amounts)
    return found


@pytest.fixture(scope="module")
def balances(world: World) -> dict[str, dict[str, Decimal]]:
    """What each lot has left in the end, by case."""
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for credit, balance in world.marts(
        """
        select credit_id, balance_amount from marts.prepaid_balances
        where event_on <= date '2025-05-01' and next_event_on > date '2025-05-01'
        """
    ):
        case_id, lot = credit.split("/")
        found[case_id][lot] = balance
    return found


def _lines(given: list[list[str]]) -> list[Line]:
    return sorted(_line(*fields) for fields in given)


def _line(start: str, end: str, amount: str, currency: str = "EUR") -> Line:
    return start, end, Decimal(amount), currency


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_change_is_billed_as_worked_by_hand(
    case: dict[str, Any], bills: dict[str, Bills], not_billed: dict[str, list[Line]]
) -> None:
    assert bills.get(case["id"], {}) == {
        payer: {bill_date: _lines(lines) for bill_date, lines in dates.items()}
        for payer, dates in case["bills"].items()
    }
    assert not_billed.get(case["id"], []) == _lines(case.get("not_billed", []))


@pytest.mark.parametrize(
    "case", [case for case in CASES if "documents" in case], ids=lambda case: case["id"]
)
def test_credit_pays_documents_as_worked_by_hand(
    case: dict[str, Any],
    documents: dict[str, Any],
    balances: dict[str, dict[str, Decimal]],
) -> None:
    assert documents[case["id"]] == {
        payer: {
            bill_date: [[Decimal(amount) for amount in amounts] for amounts in rows]
            for bill_date, rows in dates.items()
        }
        for payer, dates in case["documents"].items()
    }
    left = {lot: Decimal(balance) for lot, balance in case.get("balances", {}).items()}
    assert balances.get(case["id"], {}) == left


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.sentence)
def test_the_laws_hold_after_all_changes(law: Law, world: World) -> None:
    assert world.warehouse(law.violations) == []
