"""1,196 charging sessions of 39 drivers: their energy and dollars to the last decimal."""

from decimal import Decimal

from tests.control_totals.world import World


def test_sessions_are_billed_as_they_were_charged(published: World) -> None:
    rated = published.warehouse(
        """
        select sum(quantity), sum(exact_amount), sum(net_amount), sum(event_count)
        from intermediate.int_items_rated
        where charge_id = 'charging'
        """
    )
    assert rated == [(Decimal("6859.55"), Decimal("155.80"), Decimal("155.80"), 1196)]


def test_each_driver_that_was_charged_has_an_invoice(published: World) -> None:
    invoices = published.marts(
        "select sum(total_amount) from marts.invoices where entity_id = 'charging'"
    )
    assert invoices == [(Decimal("155.80"),)]
