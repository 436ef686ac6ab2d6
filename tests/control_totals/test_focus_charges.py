"""999 charges of three cloud sellers, priced one by one to the cost that their bill lists.

Totals published with the data (data/README.md): quantity times list price, rounded at ten
decimals, is the row's ListCost; a Microsoft row may differ by half of the last of them.
"""

import csv
import gzip
from decimal import ROUND_HALF_UP, Decimal

from tests.control_totals.focus_charges import CHARGES
from tests.control_totals.world import World

LAST_PLACE = Decimal("1e-10")
PUBLISHED = {"AWS": 941, "Microsoft": 51, "Oracle": 7}


def test_every_row_costs_what_its_bill_lists(published: World) -> None:
    priced = dict(
        published.warehouse(
            """
            select replace(event_id, 'focus ', ''), event_amount
            from intermediate.int_events_priced
            where starts_with(event_id, 'focus ')
            """
        )
    )
    equal = dict.fromkeys(PUBLISHED, 0)
    with gzip.open(CHARGES, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            listed = Decimal(row["list_cost"])
            amount = priced[row["row_id"]].quantize(LAST_PLACE, ROUND_HALF_UP)
            if row["provider"] == "Microsoft":
                assert abs(priced[row["row_id"]] - listed) <= LAST_PLACE / 2, row
            else:
                assert amount == listed.quantize(LAST_PLACE), row
            equal[row["provider"]] += 1
    assert equal == PUBLISHED
    assert len(priced) == sum(PUBLISHED.values())
