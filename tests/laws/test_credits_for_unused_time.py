"""What was billed in advance for time that is not used comes back by the charge's own rule."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from orchestration.home import Home
from tests.control_totals.world import World, seller, tax_rate

# 31.00 for January 2021, cancelled from 15 January: 14 of 31 days, 14 of 30 by both counts of
# 30 days a month, the whole, and nothing.
WORTH_OF_A_PART = {
    "actual": "14.00",
    "actual_360": "14.47",
    "strict_360": "14.47",
    "none": "31.00",
    "free": "0.00",
}


@pytest.mark.slow
def test_a_cancellation_is_credited_by_each_rule(new_home: Callable[[], Home]) -> None:
    world = World(new_home().root)
    world.land("billing_entities", {**seller("seller", "EUR", "FR"), "vat_id": "FR05012045878"})
    world.land("tax_rates", tax_rate("FR", "20"))
    customer = {"entity_id": "seller", "country_code": "FR", "billing_anchor": "2021-01-01"}
    for rule in WORTH_OF_A_PART:
        world.land("accounts", {**customer, "account_id": rule, "name": rule})
        world.land("plans", {"plan_id": rule, "name": rule})
        charge = {"charge_id": rule, "plan_id": rule, "name": rule, "kind": "recurring"}
        world.land("charges", {**charge, "model": "per_unit", "proration": rule})
        world.land("prices", {"charge_id": rule, "currency": "EUR", "unit_price": "31"})
        subscription = {"subscription_id": rule, "account_id": rule, "plan_id": rule}
        world.land("subscriptions", {**subscription, "starts_on": "2021-01-01"})
    world.close("2021-01-01")
    for rule in WORTH_OF_A_PART:
        change = {"change_id": rule, "subscription_id": rule, "change": "cancel"}
        world.land("subscription_changes", {**change, "effective_on": "2021-01-15"})
    world.close("2021-02-01")

    lines = world.marts(
        "select account_id, line_type, net_amount from marts.invoice_lines order by all"
    )
    billed = {(rule, "recurring"): Decimal(31) for rule in WORTH_OF_A_PART}
    credited = {
        (rule, "adjustment"): Decimal(worth) - 31
        for rule, worth in WORTH_OF_A_PART.items()
        if worth != "31.00"
    }
    assert {line[:2]: line[2] for line in lines} == {**billed, **credited}
    assert len(lines) == len(billed) + len(credited)
