"""Seat subscriptions of 250 companies, month by month, prorated by the day.

Totals for the months of 2024 are published with the data (data/README.md).
There every subscription-month is rounded once and trials are counted, but
cost nothing; here a trial has no line, so lines are counted without trials.
"""

import csv
import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.control_totals.world import World, exact, seller, tax_rate

SUBSCRIPTIONS = Path(__file__).parent / "data" / "ravenstack_subscriptions.csv.gz"
PRICES = {"Basic": "19", "Pro": "49", "Enterprise": "199"}
LAST_DAY = "2025-01-01"

# By month: subscription-months, trials included, and the amount.
PUBLISHED = {
    "2024-01": (419, "786848.60"),
    "2024-02": (487, "917926.29"),
    "2024-03": (575, "1080595.14"),
    "2024-04": (650, "1265169.12"),
    "2024-05": (759, "1483383.93"),
    "2024-06": (858, "1734687.63"),
    "2024-07": (999, "1954276.39"),
    "2024-08": (1147, "2217450.58"),
    "2024-09": (1338, "2548723.16"),
    "2024-10": (1567, "2970503.69"),
    "2024-11": (1819, "3453656.31"),
    "2024-12": (2287, "4188368.01"),
}


def _subscriptions() -> list[dict[str, str]]:
    with gzip.open(SUBSCRIPTIONS, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _active_in(month: str, subscription: dict[str, str]) -> bool:
    """Whether at least one day of the month is paid for or tried."""
    first = date.fromisoformat(f"{month}-01")
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    start = max(first.isoformat(), subscription["start_date"])
    return start < min(after.isoformat(), subscription["end_date"] or LAST_DAY)


@pytest.fixture(scope="module")
def ravenstack(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("ravenstack"))
    subscriptions = _subscriptions()
    world.land("billing_entities", seller("USD", "US"))
    world.land("tax_rates", tax_rate("US", "0"))
    world.land("plans", *({"plan_id": tier, "name": tier} for tier in PRICES))
    world.land(
        "charges",
        *(
            {
                "charge_id": tier,
                "plan_id": tier,
                "name": "Seats",
                "kind": "recurring",
                "model": "per_unit",
                "timing": "arrears",
            }
            for tier in PRICES
        ),
    )
    world.land(
        "prices",
        *(
            {"charge_id": tier, "currency": "USD", "unit_price": price}
            for tier, price in PRICES.items()
        ),
    )
    world.land(
        "accounts",
        *(
            {
                "account_id": account,
                "name": account,
                "entity_id": "seller",
                "country_code": "US",
                "billing_anchor": "2024-01-01",
            }
            for account in sorted({row["account_id"] for row in subscriptions})
        ),
    )
    world.land(
        "subscriptions",
        *(
            {
                "subscription_id": row["subscription_id"],
                "account_id": row["account_id"],
                "plan_id": row["plan_tier"],
                "starts_on": row["start_date"],
                "ends_on": row["end_date"],
                "quantity": row["seats"],
                # A trial lasts as long as its subscription.
                "trial_ends_on": LAST_DAY if row["is_trial"] == "TRUE" else "",
            }
            for row in subscriptions
        ),
    )
    world.close(LAST_DAY)
    return world


def test_the_published_months_count_the_subscriptions_given_here() -> None:
    subscriptions = _subscriptions()
    assert {
        month: sum(_active_in(month, subscription) for subscription in subscriptions)
        for month in PUBLISHED
    } == {month: count for month, (count, _) in PUBLISHED.items()}


def test_each_month_of_2024_bills_the_published_amount(ravenstack: World) -> None:
    paying = [row for row in _subscriptions() if row["is_trial"] == "FALSE"]
    billed = ravenstack.marts(
        """
        select strftime(service_start, '%Y-%m'), count(*), sum(net_amount)
        from marts.invoice_lines
        where service_start >= date '2024-01-01'
        group by 1
        """
    )
    assert exact(billed) == {
        month: (sum(_active_in(month, row) for row in paying), Decimal(amount))
        for month, (_, amount) in PUBLISHED.items()
    }


def test_trials_and_subscriptions_without_a_day_have_no_line(ravenstack: World) -> None:
    billed = ravenstack.marts("select distinct subscription_id from marts.invoice_lines")
    free = {
        row["subscription_id"]
        for row in _subscriptions()
        if row["is_trial"] == "TRUE" or row["start_date"] == row["end_date"]
    }
    assert len(free) == 364 + 5
    assert not free & {subscription for (subscription,) in billed}


def test_each_account_receives_one_invoice_for_all_its_subscriptions(ravenstack: World) -> None:
    invoices = ravenstack.marts(
        "select count(*), count(distinct account_id), sum(net_amount) from marts.invoices"
    )
    # All months: those of 2024 above and 2,778,661.27 of 2023.
    assert invoices == [(250, 250, Decimal("27380250.12"))]
