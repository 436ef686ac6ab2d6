"""1,393 invoices and credit notes of a wholesaler, each to its total and its tax."""

from decimal import ROUND_HALF_UP, Decimal

import duckdb

from tests.control_totals.online_retail import LINES
from tests.control_totals.world import World

CENT = Decimal("0.01")


def _sources() -> dict[str, tuple[Decimal, bool]]:
    """Total of each of the wholesaler's documents, and whether it stays at home."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select invoice_no, sum(quantity * unit_price), any_value(country) = 'United Kingdom'"
            " from read_parquet(?) group by invoice_no",
            [LINES],
        ).fetchall()
    return {number: (total, is_home) for number, total, is_home in rows}


def test_every_document_has_its_total_and_its_tax(published: World) -> None:
    expected = {
        number: (total, (total / 5).quantize(CENT, ROUND_HALF_UP) if is_home else Decimal(0))
        for number, (total, is_home) in _sources().items()
        if total
    }
    found = {
        number: (net, tax)
        for number, net, tax in published.marts(
            "select purchase_order, net_amount, tax_amount from invoices where entity_id = 'retail'"
        )
    }
    assert len(expected) == 1319
    assert found == expected


def test_the_month_adds_up_to_what_was_published(published: World) -> None:
    totals = published.marts(
        """
        select
            sum(net_amount), sum(net_amount) filter (document_type = 'credit_note'),
            count(*) filter (document_type = 'credit_note'),
            count(*) filter (starts_with(purchase_order, 'C')
                             != (document_type = 'credit_note'))
        from invoices
        where entity_id = 'retail'
        """
    )
    assert totals == [(Decimal("498062.65"), Decimal("-25569.24"), 219, 0)]
