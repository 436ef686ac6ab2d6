"""Tokens of 8,819 requests to a language model, under three price models.

Sums and the first amount are published with the data (data/README.md); the
other two follow from the sums by hand. Each price model is an account of its
own with the same requests.
"""

from decimal import Decimal

import pytest

from tests.control_totals.world import World, exact

INPUT, OUTPUT, COUNT = Decimal(18059974), Decimal(245896), Decimal(8819)


@pytest.mark.parametrize(
    ("model", "input_amount"),
    [
        ("per_unit", Decimal("54.179922")),
        # 10,000,000 at 3 a million and 8,059,974 at 2 a million.
        ("graduated", Decimal("46.119948")),
        # All 18,059,974 at 2 a million.
        ("volume", Decimal("36.119948")),
    ],
)
def test_tokens_are_summed_and_priced_exactly(
    published: World, model: str, input_amount: Decimal
) -> None:
    rated = published.warehouse(
        """
        select charge_id, sum(quantity), sum(exact_amount)
        from intermediate.int_items_rated
        group by charge_id
        """
    )
    assert {
        charge: values for charge, values in exact(rated).items() if charge.startswith(model)
    } == {
        f"{model}-input": (INPUT, input_amount),
        f"{model}-output": (OUTPUT, Decimal("3.688440")),
        f"{model}-requests": (COUNT, Decimal(0)),
    }


def test_the_published_example_is_57_868362_before_rounding(published: World) -> None:
    amounts = published.warehouse(
        """
        select sum(exact_amount), sum(net_amount)
        from intermediate.int_items_rated
        where account_id = 'per_unit'
        """
    )
    assert amounts == [(Decimal("57.868362"), Decimal("57.87"))]
