"""Half-hourly electricity of 50 London households in 2013, as rows that land.

Each household is an account that bills to one of three payers; each band of
the time-of-use tariff is a charge that takes the events of its band.
"""

from pathlib import Path

from tests.control_totals.world import World, seller, tax_rate

DATA = Path(__file__).parent / "data"
READINGS = str(DATA / "london_readings.parquet")
HOUSEHOLDS = str(DATA / "london_households.csv.gz")
BANDS = str(DATA / "london_bands.csv.gz")
RATES = str(DATA / "london_rates.csv.gz")


def land(world: World) -> None:
    """Leaves every table of the data set."""
    world.land("billing_entities", seller("london", "GBP", "GB"))
    world.land("tax_rates", tax_rate("GB", "5"))
    world.land("meters", {"meter_id": "energy", "name": "Energy", "aggregation": "sum"})
    world.land(
        "plans", {"plan_id": "Std", "name": "One price"}, {"plan_id": "ToU", "name": "Three bands"}
    )
    world.land_query(
        "charges",
        """
        select
            band as charge_id,
            tariff_group as plan_id,
            band as name,
            'usage' as kind,
            'per_unit' as model,
            'energy' as meter_id,
            'arrears' as timing,
            case when tariff_group = 'ToU' then '{"band": "' || band || '"}' end as filters,
        from read_csv($rates)
        """,
        rates=RATES,
    )
    world.land_query(
        "prices",
        """
        select
            band as charge_id,
            'GBP' as currency,
            cast(pence_per_kwh as decimal(10, 5)) * 0.01 as unit_price,
        from read_csv($rates, all_varchar = true)
        """,
        rates=RATES,
    )
    world.land_query(
        "accounts",
        """
        with
        payers as (select distinct acorn_group from read_csv($households))
        select
            acorn_group as account_id,
            acorn_group as name,
            null as payer_account_id,
            'london' as entity_id,
            'GB' as country_code,
            'GBP' as currency,
            date '2013-01-01' as billing_anchor,
        from payers
        union all
        select
            household_id, household_id, acorn_group, 'london', 'GB', 'GBP', date '2013-01-01',
        from read_csv($households)
        """,
        households=HOUSEHOLDS,
    )
    world.land_query(
        "subscriptions",
        """
        select
            household_id as subscription_id,
            household_id as account_id,
            tariff_group as plan_id,
            cast(min(ts_utc) as date) as starts_on,
            cast(max(ts_utc) as date) + 1 as ends_on,
        from read_parquet($readings)
        inner join read_csv($households) using (household_id)
        group by all
        """,
        readings=READINGS,
        households=HOUSEHOLDS,
    )
    world.land_query(
        "usage_events",
        """
        select
            household_id || strftime(ts_utc, '-%Y%m%dT%H%M') as event_id,
            household_id as subscription_id,
            'energy' as meter_id,
            ts_utc as occurred_at,
            kwh as quantity,
            '{"band":"' || band || '"}' as properties,
        from read_parquet($readings)
        inner join read_csv($bands) using (ts_utc)
        """,
        readings=READINGS,
        bands=BANDS,
    )
