"""Seat subscriptions of 250 companies, as rows that land."""

import csv
import gzip
from pathlib import Path

from tests.control_totals.world import World, seller, tax_rate

SUBSCRIPTIONS = Path(__file__).parent / "data" / "ravenstack_subscriptions.csv.gz"
PRICES = {"Basic": "19", "Pro": "49", "Enterprise": "199"}
LAST_DAY = "2025-01-01"


def read_subscriptions() -> list[dict[str, str]]:
    """The rows of the source."""
    with gzip.open(SUBSCRIPTIONS, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def land(world: World) -> None:
    """Leaves every table of the data set."""
    subscriptions = read_subscriptions()
    world.land("billing_entities", seller("ravenstack", "USD", "US"))
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
                "entity_id": "ravenstack",
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
