"""What changes between closes is billed as changes.yml works out by hand.

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
from tests.control_totals.world import World, seller, tax_rate

CLOSES = ("2025-02-01", "2025-03-01", "2025-04-01", "2025-05-01")
CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("changes.yml").read_text(encoding="utf-8")
)["cases"]

# A case's own names; plans, meters and sellers are everybody's.
OWN_NAMES = (
    "account_id",
    "payer_account_id",
    "subscription_id",
    "change_id",
    "event_id",
    "item_id",
)
DEFAULTS: dict[str, dict[str, str]] = {
    "accounts": {"entity_id": "seller", "name": "Customer", "country_code": "FR"},
    "subscriptions": {"subscription_id": "s"},
    "subscription_changes": {"subscription_id": "s"},
    "usage_events": {"subscription_id": "s", "meter_id": "units"},
}

Bills = dict[str, dict[str, list[tuple[str, str, Decimal, str]]]]


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
    world.land("billing_entities", *(seller(name, "EUR", "FR") for name in ("seller", "other")))
    world.land("tax_rates", tax_rate("FR", "20"))
    world.land("meters", {"meter_id": "units", "name": "Units", "aggregation": "sum"})
    plans = {charge["plan_id"] for charge, _ in CHARGES} | {"free"}
    world.land("plans", *({"plan_id": plan, "name": plan} for plan in sorted(plans)))
    world.land("charges", *(charge for charge, _ in CHARGES))
    prices = [
        {"charge_id": charge["charge_id"], "currency": "EUR", "unit_price": price}
        for charge, price in CHARGES
    ]
    world.land(
        "prices", *prices, {"charge_id": "monthly", "currency": "USD", "unit_price": "110"}
    )


def _landing(bill_date: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows that land before a close, those of all cases."""
    for case in CASES:
        for table, rows in case["lands"].get(bill_date, {}).items():
            for given in rows:
                row = {**DEFAULTS.get(table, {}), **given}
                yield (
                    table,
                    {
                        name: f"{case['id']}/{value}" if name in OWN_NAMES else str(value)
                        for name, value in row.items()
                    },
                )


@pytest.fixture(scope="module")
def bills(new_home: Callable[[], Home]) -> dict[str, Bills]:
    """Every line, by case, payer and bill date."""
    world = World(new_home().root)
    _catalogue(world)
    for bill_date in CLOSES:
        landing: dict[str, list[dict[str, str]]] = defaultdict(list)
        for table, row in _landing(bill_date):
            landing[table].append(row)
        for table, rows in landing.items():
            world.land(table, *rows)
        held = [
            f"{case['id']}/{account}"
            for case in CASES
            for account in case.get("held", {}).get(bill_date, [])
        ]
        world.close(bill_date, held)
    found: dict[str, Bills] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for account, bill_date, *line in world.marts(
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
        found[case_id][payer][bill_date].append(tuple(line))
    return found


def _expected(case: dict[str, Any]) -> Bills:
    return {
        payer: {
            bill_date: sorted(
                (start, end, Decimal(amount), *(currency or ["EUR"]))
                for start, end, amount, *currency in lines
            )
            for bill_date, lines in dates.items()
        }
        for payer, dates in case["bills"].items()
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_change_is_billed_as_worked_by_hand(case: dict[str, Any], bills: dict[str, Bills]) -> None:
    assert bills.get(case["id"], {}) == _expected(case)
