"""A month's minutes of 3,333 telecom subscribers in four bands, as rows that land.

Each subscriber is an account that bills to its state.
"""

from pathlib import Path

from tests.control_totals.world import World, seller, tax_rate

SUBSCRIBERS = str(Path(__file__).parent / "data" / "telecom_subscribers.csv.gz")
RATES = {"day": "0.17", "eve": "0.085", "night": "0.045", "intl": "0.27"}


def land(world: World) -> None:
    """Leaves every table of the data set."""
    world.land("billing_entities", seller("telecom", "USD", "US"))
    world.land("tax_rates", tax_rate("US", "0"))
    world.land("meters", {"meter_id": "minutes", "name": "Minutes", "aggregation": "sum"})
    world.land("plans", {"plan_id": "calls", "name": "Calls"})
    world.land(
        "charges",
        *(
            {
                "charge_id": band,
                "plan_id": "calls",
                "name": band,
                "kind": "usage",
                "model": "per_unit",
                "meter_id": "minutes",
                "timing": "arrears",
                "filters": f'{{"band": "{band}"}}',
            }
            for band in RATES
        ),
    )
    world.land(
        "prices",
        *(
            {"charge_id": band, "currency": "USD", "unit_price": rate}
            for band, rate in RATES.items()
        ),
    )
    world.land_query(
        "accounts",
        """
        with
        states as (select distinct state from read_csv($subscribers, all_varchar = true))
        select
            state as account_id,
            state as name,
            null as payer_account_id,
            'telecom' as entity_id,
            'US' as country_code,
            'USD' as currency,
            date '2024-01-01' as billing_anchor,
        from states
        union all
        select
            subscriber_id, subscriber_id, state, 'telecom', 'US', 'USD', date '2024-01-01',
        from read_csv($subscribers, all_varchar = true)
        """,
        subscribers=SUBSCRIBERS,
    )
    world.land_query(
        "subscriptions",
        """
        select
            subscriber_id as subscription_id,
            subscriber_id as account_id,
            'calls' as plan_id,
            date '2024-01-01' as starts_on,
        from read_csv($subscribers, all_varchar = true)
        """,
        subscribers=SUBSCRIBERS,
    )
    world.land_query(
        "usage_events",
        """
        with
        bands as (
            unpivot (
                select
                    subscriber_id,
                    total_day_minutes as day,
                    total_eve_minutes as eve,
                    total_night_minutes as night,
                    total_intl_minutes as intl,
                from read_csv($subscribers, all_varchar = true)
            )
            on day, eve, night, intl into name band value minutes
        )
        select
            subscriber_id || '-' || band as event_id,
            subscriber_id as subscription_id,
            'minutes' as meter_id,
            date '2024-01-15' as occurred_at,
            minutes as quantity,
            '{"band":"' || band || '"}' as properties,
        from bands
        """,
        subscribers=SUBSCRIBERS,
    )
