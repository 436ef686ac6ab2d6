"""Minutes of 3,333 telecom subscribers in four bands, billed to 51 states.

Totals published with the data (data/README.md): every charge is rounded per
subscriber and band, so the sums are of rounded amounts.
"""

from decimal import Decimal

from tests.control_totals.world import World, exact

# Minutes, the sum of rounded charges, the unrounded amount.
PUBLISHED = {
    "day": (Decimal("599190.4"), Decimal("101864.17"), Decimal("101862.368")),
    "eve": (Decimal("669867.5"), Decimal("56939.44"), Decimal("56938.7375")),
    "night": (Decimal("669506.5"), Decimal("30128.41"), Decimal("30127.7925")),
    "intl": (Decimal("34120.9"), Decimal("9214.35"), Decimal("9212.643")),
}
# Subscribers without a minute in the band have no line.
SILENT = {"day": 2, "eve": 1, "night": 0, "intl": 18}


def test_each_band_rates_and_rounds_to_the_published_totals(published: World) -> None:
    rated = published.warehouse(
        """
        select charge_id, sum(quantity), sum(net_amount), sum(exact_amount)
        from intermediate.int_items_rated
        where charge_id in ('day', 'eve', 'night', 'intl')
        group by charge_id
        """
    )
    assert exact(rated) == PUBLISHED


def test_each_subscriber_has_a_line_for_each_band_it_used(published: World) -> None:
    lines = published.marts(
        """
        select charge_id, count(*)
        from marts.invoice_lines
        where charge_id in ('day', 'eve', 'night', 'intl')
        group by charge_id
        """
    )
    assert exact(lines) == {band: (3333 - silent,) for band, silent in SILENT.items()}


def test_each_state_receives_one_invoice_and_together_they_bill_everything(
    published: World,
) -> None:
    invoices = published.marts(
        """
        select count(*), count(distinct account_id), sum(net_amount), sum(total_amount)
        from marts.invoices
        where entity_id = 'telecom'
        """
    )
    assert invoices == [(51, 51, Decimal("198146.37"), Decimal("198146.37"))]
