"""The models price generated companies as the reference in tests/reference does, to the cent.

The reference is written from the rules alone, slow and obvious. Hypothesis draws the companies:
every charge model and meter, every rule for a part of a period, families, currencies, tiers,
corrections, ties at the half cent, days of 23 and 25 hours. All are landed in one warehouse and
billed by one close.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from orchestration.home import Home
from tests.control_totals.world import World
from tests.reference.items import ItemKey, worth
from tests.reference.samples import drawn_companies

PRORATIONS = ("actual", "actual_360", "strict_360", "none", "free")
UNTIL = date(2024, 7, 1)
COMPANIES, FIRST_SEED = 200, 1000


def billed(world: World) -> dict[ItemKey, tuple[date, Decimal, Decimal]]:
    """The items that are due, with their end, quantity and worth, as the models have them."""
    rows = world.warehouse(
        """
        select
            coalesce(items.subscription_id, ''),
            coalesce(nullif(items.one_time_item_id, ''), items.charge_id),
            items.service_start, items.currency, items.group_value,
            items.service_end, items.quantity, items.net_amount
        from intermediate.int_items_rated as items
        inner join intermediate.int_payer_calendars as calendars
            on items.payer_account_id = calendars.payer_account_id
        where items.bill_date <= calendars.bill_date
        """
    )
    return {ItemKey(*row[:5]): row[5:] for row in rows}


@pytest.mark.slow
def test_every_item_is_worth_what_the_reference_says(new_home: Callable[[], Home]) -> None:
    companies = drawn_companies(COMPANIES, FIRST_SEED)
    landing: dict[str, list[Any]] = defaultdict(list)
    for tables in companies.values():
        for table, rows in tables.items():
            landing[table] += rows
    world = World(new_home().root)
    for table, rows in landing.items():
        world.land(table, *rows)
    world.close(str(UNTIL))

    found = billed(world)
    expected = {
        key: item for tables in companies.values() for key, item in worth(tables, UNTIL).items()
    }
    nothing = (None, None, Decimal(0))
    for key in {*expected, *found}:
        of_models = found.get(key, nothing)[2]
        of_reference = expected[key].net_amount if key in expected else Decimal(0)
        assert of_models == of_reference, f"{key}: {of_models}, the reference has {of_reference}"
        if of_reference:
            assert found[key][0] == expected[key].service_end, key

    # What was drawn says something about every model and every meter.
    charges = {row["charge_id"]: row for row in landing["charges"]}
    meters = {row["meter_id"]: row["aggregation"] for row in landing["meters"]}
    seen: Counter[str] = Counter()
    for key, item in expected.items():
        if item.net_amount and (charge := charges.get(key.charge_id)):
            seen[charge["model"]] += 1
            seen[meters.get(charge.get("meter_id", ""), "held")] += 1
    parts = world.warehouse(
        """
        select coalesce(charges.proration, entities.proration), count(*)
        from intermediate.int_recurring_windows as windows
        inner join staging.stg_charges as charges on windows.charge_id = charges.charge_id
        inner join staging.stg_billing_entities as entities
            on windows.entity_id = entities.entity_id
        where windows.service_end - windows.service_start
            < windows.period_end - windows.period_start
        group by all
        """
    )
    assert {rule for rule, count in parts if count >= 20} == set(PRORATIONS)
    models = {row["model"] for row in landing["charges"]}
    assert len(models) == 9
    assert min(seen[name] for name in {*models, *meters.values()}) >= 5, seen
