"""Generated companies: the reference answers for each, and knows neither order nor names."""

import random
from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .arithmetic import MINOR_UNITS
from .happenings import closing_dates
from .items import worth
from .samples import drawn_companies
from .worlds import Tables, companies, prefixed

BELOW = Decimal(10) ** 13
generated = settings(
    max_examples=60,
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@generated
@given(companies(), closing_dates)
def test_every_item_has_an_amount_in_minor_units(tables: Tables, until: date) -> None:
    for key, item in worth(tables, until).items():
        assert item.net_amount.as_tuple().exponent == -MINOR_UNITS.get(key.currency, 2)
        assert abs(item.net_amount) < BELOW
        assert key.service_start < item.service_end
        assert item.quantity >= 0


@generated
@given(companies(), closing_dates, st.integers(0, 9))
def test_neither_the_order_of_rows_nor_a_prefix_matters(
    tables: Tables, until: date, seed: int
) -> None:
    shuffled = {
        table: random.Random(seed).sample(rows, len(rows)) for table, rows in tables.items()
    }
    plain = worth(tables, until)
    named = worth(prefixed(shuffled, "x-"), until)
    assert {
        (key[0].removeprefix("x-"), key[1].removeprefix("x-"), *key[2:]): item
        for key, item in named.items()
    } == plain


@generated
@given(companies())
def test_a_later_date_only_adds_items(tables: Tables) -> None:
    early, late = worth(tables, date(2024, 3, 15)), worth(tables, date(2024, 8, 1))
    assert {key: late[key] for key in early} == early


def test_companies_drawn_apart_differ_and_come_again() -> None:
    drawn = drawn_companies(12)
    assert drawn == drawn_companies(12)
    assert len({len(str(tables)) for tables in drawn.values()}) > 6
