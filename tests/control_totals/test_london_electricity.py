"""Half-hourly electricity of 50 London households: a flat tariff and three bands.

Totals published with the data (data/README.md). Each household bills to one of
three payers, and one close catches up with twelve months.
"""

from decimal import Decimal

from tests.control_totals.world import World, exact

# Kilowatt-hours and unrounded pounds (the published pence, a hundredth).
PUBLISHED = {
    "Flat": (Decimal("131041.4549986"), Decimal("18644.578217200808")),
    "High": (Decimal("2204.7240003"), Decimal("1481.574528201600")),
    "Low": (Decimal("4242.4460001"), Decimal("169.273595403990")),
    "Normal": (Decimal("35135.6409977"), Decimal("4131.951381329520")),
}
READINGS_BY_BAND = {"Flat": (696689,), "High": (6575,), "Low": (13917,), "Normal": (125227,)}


def test_each_band_rates_the_published_energy_to_the_published_amount(published: World) -> None:
    rated = published.warehouse(
        """
        select charge_id, sum(quantity), sum(exact_amount)
        from intermediate.int_items_rated
        where charge_id in ('Flat', 'High', 'Low', 'Normal')
        group by charge_id
        """
    )
    assert exact(rated) == PUBLISHED


def test_each_reading_is_behind_one_line(published: World) -> None:
    readings = published.marts(
        """
        select lines.charge_id, cast(sum(lineage.event_count) as bigint)
        from marts.usage_lineage as lineage
        inner join marts.invoice_lines as lines using (line_id)
        where lines.charge_id in ('Flat', 'High', 'Low', 'Normal')
        group by lines.charge_id
        """
    )
    assert exact(readings) == READINGS_BY_BAND


def test_a_household_month_is_one_window(published: World) -> None:
    windows = published.marts(
        """
        select count(distinct (account_id, date_trunc('month', service_start))), count(*)
        from marts.invoice_lines
        where charge_id in ('Flat', 'High', 'Low', 'Normal')
        """
    )
    assert windows == [(579, 479 + 3 * 100)]


def test_lines_are_rounded_once(published: World) -> None:
    lines = published.marts(
        """
        select sum(net_amount)
        from marts.invoice_lines
        where charge_id in ('Flat', 'High', 'Low', 'Normal')
        """
    )
    assert lines == [(Decimal("24427.43"),)]


def test_a_household_month_rounded_as_a_whole_is_a_penny_less(published: World) -> None:
    household_months = published.warehouse(
        """
        with
        household_months as (
            select account_id, date_trunc('month', service_start), sum(exact_amount) as amount
            from intermediate.int_items_rated
            where charge_id in ('Flat', 'High', 'Low', 'Normal')
            group by all
        )
        select sum(round(amount, 2)) from household_months
        """
    )
    assert household_months == [(Decimal("24427.42"),)]


def test_three_payers_receive_one_invoice_each(published: World) -> None:
    invoices = published.marts(
        """
        select account_id, net_amount
        from marts.invoices
        where entity_id = 'london'
        order by account_id
        """
    )
    assert invoices == [
        ("Adversity", Decimal("8344.85")),
        ("Affluent", Decimal("10932.52")),
        ("Comfortable", Decimal("5150.06")),
    ]
