"""Quantity, price and base quantity make the line's amount exactly, within the rules' limits."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renderers.einvoice.prices import Price, priced
from renderers.einvoice.xml import plain

D = Decimal
WORKED = [
    pytest.param("412.387", "kWh", "0.2034", "83.88", ("412.387", "KWH", "0.2034", "1"), id="kWh"),
    pytest.param("35216", "jeton", "0.0000125", "0.44", ("35216", "C62", "0.0125", "1000"), id="t"),
    pytest.param(
        "9e6", None, "0.0000000013", "0.01", ("9000000", "C62", "0.0013", "1000000"), id="m"
    ),
    pytest.param("2", "poste", "24.86", "35.28", ("2", "C62", "35.28", "2"), id="part of a period"),
    pytest.param("1250", "Go", None, "114.00", ("1250", "E34", "114", "1250"), id="tiers"),
    pytest.param("150", None, "1", "50.00", ("150", "C62", "50", "150"), id="included units"),
    pytest.param("0", "kWh", "0.2", "0", ("0", "KWH", "0.2", "1"), id="nothing used"),
    pytest.param("0", "kWh", None, "17.00", ("1", "C62", "17", "1"), id="a minimum, nothing used"),
    pytest.param("0.00000012", "Go", None, "0.05", ("1", "C62", "0.05", "1"), id="too little"),
    pytest.param(None, None, None, "50.00", ("1", "C62", "50", "1"), id="true-up"),
    pytest.param("-1", None, "54.84", "-54.84", ("-1", "C62", "54.84", "1"), id="adjustment"),
    pytest.param("1", None, "-20", "-20.00", ("-1", "C62", "20", "1"), id="a negative price"),
    pytest.param("3", None, "1", "-3.00", ("-3", "C62", "1", "1"), id="the other sign"),
]


@pytest.mark.parametrize(("quantity", "unit", "unit_price", "net_amount", "expected"), WORKED)
def test_worked_lines(
    quantity: str | None,
    unit: str | None,
    unit_price: str | None,
    net_amount: str,
    expected: tuple[str, str, str, str],
) -> None:
    price = priced(
        None if quantity is None else D(quantity),
        unit,
        None if unit_price is None else D(unit_price),
        D(net_amount),
        2,
    )
    shown = (plain(price.quantity), price.unit_code, plain(price.price), plain(price.base))
    assert shown == expected


def test_a_quantity_of_more_decimals_is_shown_with_four_and_says_so() -> None:
    price = priced(D("412.38712345"), "kWh", D("0.2034"), D("83.88"), 2)
    assert price == Price(D("412.3871"), "KWH", D("0.2034"), D(1), is_whole_story=False)


def decimals_of(number: Decimal) -> int:
    return len(plain(number).partition(".")[2])


def digits_of(number: Decimal) -> int:
    return len(plain(number).replace(".", "").replace("-", ""))


@settings(max_examples=500)
@given(
    quantity=st.none()
    | st.decimals(-(10**25), 10**25, places=12)
    | st.decimals(-100, 100, places=4),
    unit_price=st.none() | st.decimals(-(10**6), 10**6, places=12) | st.decimals(0, 1, places=8),
    net_units=st.integers(-(10**14), 10**14) | st.integers(-100, 100),
    minor_units=st.sampled_from([0, 2, 3]),
)
def test_every_line_closes_within_the_limits(
    quantity: Decimal | None, unit_price: Decimal | None, net_units: int, minor_units: int
) -> None:
    net_amount = D(net_units).scaleb(-minor_units)
    price = priced(quantity, "kWh", unit_price, net_amount, minor_units)
    assert price.amount(minor_units) == net_amount
    assert price.price >= 0
    assert price.base > 0
    assert decimals_of(price.quantity) <= 4
    assert decimals_of(price.base) <= 4
    assert decimals_of(price.price) <= 6
    assert all(digits_of(number) <= 19 for number in (price.quantity, price.price, price.base))
