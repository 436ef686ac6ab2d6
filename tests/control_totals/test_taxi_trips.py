"""3,250 taxi trips: their surcharges, taxes, tips and tolls to the last cent."""

from decimal import Decimal

from tests.control_totals.world import World, exact


def test_every_component_adds_up_to_what_was_published(published: World) -> None:
    components = published.marts(
        """
        select description, sum(lines.net_amount)
        from invoice_lines as lines
        inner join invoices using (invoice_id)
        where entity_id = 'taxi'
        group by description
        """
    )
    assert exact(components) == {
        "fare_amount": (Decimal("42449.42"),),
        "extra": (Decimal("3465.00"),),
        "mta_tax": (Decimal("1597.00"),),
        "tip_amount": (Decimal("6480.48"),),
        "tolls_amount": (Decimal("1124.64"),),
        "improvement_surcharge": (Decimal("950.70"),),
        # 6447.50 less 2340.00 of vendor 1's yellow cabs, which their extra has.
        "congestion_surcharge": (Decimal("4107.50"),),
    }


def test_a_fleet_has_one_invoice_over_the_total_of_its_trips(published: World) -> None:
    invoices = published.marts(
        "select account_id, total_amount from invoices where entity_id = 'taxi'"
    )
    # 18 trips state another total than their components: 11, 2 and 5 of three fleets.
    assert exact(invoices) == {
        "vendor 1 green": (Decimal("1258.99") + Decimal("30.25"),),
        "vendor 1 yellow": (Decimal("18742.32"),),
        "vendor 2 green": (Decimal("7417.18") - Decimal("3.90"),),
        "vendor 2 yellow": (Decimal("32454.39") - Decimal("9.75"),),
        "vendor 4 yellow": (Decimal("285.26"),),
    }
