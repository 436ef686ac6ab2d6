"""Half-hourly electricity of 50 London households: a flat tariff and three bands.

Totals published with the data (data/README.md). Each household is an account
that bills to one of three payers, and one close catches up with twelve months.
"""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.control_totals.world import World, exact, seller, tax_rate

DATA = Path(__file__).parent / "data"
READINGS = str(DATA / "london_readings.parquet")
HOUSEHOLDS = str(DATA / "london_households.csv.gz")
BANDS = str(DATA / "london_bands.csv.gz")
RATES = str(DATA / "london_rates.csv.gz")

# Kilowatt-hours and unrounded pounds (the published pence, a hundredth).
PUBLISHED = {
    "Flat": (Decimal("131041.4549986"), Decimal("18644.578217200808")),
    "High": (Decimal("2204.7240003"), Decimal("1481.574528201600")),
    "Low": (Decimal("4242.4460001"), Decimal("169.273595403990")),
    "Normal": (Decimal("35135.6409977"), Decimal("4131.951381329520")),
}
READINGS_BY_BAND = {"Flat": (696689,), "High": (6575,), "Low": (13917,), "Normal": (125227,)}


@pytest.fixture(scope="module")
def london(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("london"))
    world.land("billing_entities", seller("GBP", "GB"))
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
            'seller' as entity_id,
            'GB' as country_code,
            'GBP' as currency,
            date '2013-01-01' as billing_anchor,
        from payers
        union all
        select
            household_id, household_id, acorn_group, 'seller', 'GB', 'GBP', date '2013-01-01',
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
    world.close("2014-01-01")
    return world


def test_each_band_rates_the_published_energy_to_the_published_amount(london: World) -> None:
    rated = london.warehouse(
        """
        select charge_id, sum(quantity), sum(exact_amount)
        from intermediate.int_items_rated
        group by charge_id
        """
    )
    assert exact(rated) == PUBLISHED


def test_each_reading_is_behind_one_line(london: World) -> None:
    readings = london.marts(
        """
        select lines.charge_id, cast(sum(lineage.event_count) as bigint)
        from marts.usage_lineage as lineage
        inner join marts.invoice_lines as lines using (line_id)
        group by lines.charge_id
        """
    )
    assert exact(readings) == READINGS_BY_BAND


def test_a_household_month_is_one_window(london: World) -> None:
    windows = london.marts(
        """
        select count(distinct (account_id, date_trunc('month', service_start))), count(*)
        from marts.invoice_lines
        """
    )
    assert windows == [(579, 479 + 3 * 100)]


def test_lines_are_rounded_once(london: World) -> None:
    lines = london.marts("select sum(net_amount) from marts.invoice_lines")
    assert lines == [(Decimal("24427.43"),)]


def test_a_household_month_rounded_as_a_whole_is_a_penny_less(london: World) -> None:
    household_months = london.warehouse(
        """
        with
        household_months as (
            select account_id, date_trunc('month', service_start), sum(exact_amount) as amount
            from intermediate.int_items_rated
            group by all
        )
        select sum(round(amount, 2)) from household_months
        """
    )
    assert household_months == [(Decimal("24427.42"),)]


def test_three_payers_receive_one_invoice_each(london: World) -> None:
    invoices = london.marts(
        """
        select account_id, net_amount from marts.invoices order by account_id
        """
    )
    assert invoices == [
        ("Adversity", Decimal("8344.85")),
        ("Affluent", Decimal("10932.52")),
        ("Comfortable", Decimal("5150.06")),
    ]
