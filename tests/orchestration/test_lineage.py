"""Where a column's value comes from, read from the query that makes it."""

import pytest

from orchestration.defs.billing.lineage import Origins, column_origins

_PARENTS = {
    ("staging", "stg_prices"): ("prices", ["charge_id", "unit_price", "valid_from"]),
    ("intermediate", "int_items"): ("items", ["item_id", "charge_id", "quantity"]),
}
_IMPORTS = """
    with prices as (select * from warehouse.staging.stg_prices),
    items as (select * from warehouse.intermediate.int_items)
"""


@pytest.mark.parametrize(
    ("query", "origins"),
    [
        (
            f"{_IMPORTS} select items.item_id, items.quantity * prices.unit_price as amount"
            " from items inner join prices on items.charge_id = prices.charge_id",
            {
                "item_id": [("items", "item_id")],
                "amount": [("items", "quantity"), ("prices", "unit_price")],
            },
        ),
        (
            f"{_IMPORTS}, priced as (select *, 1 as place from prices) select * from priced",
            {
                "charge_id": [("prices", "charge_id")],
                "unit_price": [("prices", "unit_price")],
                "valid_from": [("prices", "valid_from")],
                "place": [],
            },
        ),
        (
            f"{_IMPORTS} select charge_id, sum(quantity) as total from items group by charge_id"
            " union all select charge_id, unit_price from prices",
            {
                "charge_id": [("items", "charge_id"), ("prices", "charge_id")],
                "total": [("items", "quantity"), ("prices", "unit_price")],
            },
        ),
        (
            f"{_IMPORTS} select item_id, quantity as number from items"
            " union all by name select unit_price as number, charge_id from prices",
            {
                "item_id": [("items", "item_id")],
                "number": [("items", "quantity"), ("prices", "unit_price")],
                "charge_id": [("prices", "charge_id")],
            },
        ),
        (
            "with recursive steps as (select unit_price from warehouse.staging.stg_prices"
            " union all select unit_price + 1 from steps where unit_price < 9)"
            " select unit_price from steps",
            {"unit_price": [("prices", "unit_price")]},
        ),
        (
            "select least(quantity, (select max(unit_price) from warehouse.staging.stg_prices))"
            " as capped from warehouse.intermediate.int_items",
            {"capped": [("items", "quantity"), ("prices", "unit_price")]},
        ),
    ],
    ids=["a product", "a star", "a union", "a union by name", "a recursion", "a subquery"],
)
def test_a_column_comes_from_what_its_value_is_computed_from(query: str, origins: Origins) -> None:
    assert column_origins(query, _PARENTS) == origins
