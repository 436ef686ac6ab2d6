"""A year of vehicle charging at work, billed at the amounts that the sessions carry.

The years are written 0014 and 0015: two thousand are added, or landing refuses the rows.
"""

from pathlib import Path

from tests.control_totals.world import World, seller, tax_rate

SESSIONS = str(Path(__file__).parent / "data" / "ev_sessions.csv.gz")


def land(world: World) -> None:
    """Leaves every table of the data set."""
    world.land("billing_entities", seller("charging", "USD", "US"))
    world.land("tax_rates", tax_rate("US", "0"))
    world.land(
        "meters",
        {"meter_id": "sessions", "name": "Energy", "aggregation": "sum", "unit": "kWh"},
    )
    world.land("plans", {"plan_id": "charging", "name": "Charging"})
    world.land(
        "charges",
        {
            "charge_id": "charging",
            "plan_id": "charging",
            "name": "Sessions",
            "kind": "usage",
            "model": "dynamic",
            "meter_id": "sessions",
        },
    )
    world.land_query(
        "accounts",
        """
        select distinct 'driver ' || driver_id as account_id, driver_id as name,
            'charging' as entity_id, 'US' as country_code, date '2014-11-01' as billing_anchor
        from read_csv($sessions, all_varchar = true)
        """,
        sessions=SESSIONS,
    )
    world.land_query(
        "subscriptions",
        """
        select distinct 'driver ' || driver_id as subscription_id,
            'driver ' || driver_id as account_id, 'charging' as plan_id,
            date '2014-11-01' as starts_on, date '2015-11-01' as ends_on
        from read_csv($sessions, all_varchar = true)
        """,
        sessions=SESSIONS,
    )
    world.land_query(
        "usage_events",
        """
        select 'session ' || session_id as event_id, 'driver ' || driver_id as subscription_id,
            'sessions' as meter_id, '20' || substr(created, 3) as occurred_at, kwh as quantity,
            '{"amount":"' || dollars || '"}' as properties
        from read_csv($sessions, all_varchar = true)
        """,
        sessions=SESSIONS,
    )
