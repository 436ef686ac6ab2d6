"""The reference itself on charge models: every number that the rules state, worked by hand."""

from decimal import Decimal

import pytest

from .stories import UP_TO_TEN, Story


@pytest.mark.parametrize(
    ("model", "tiers", "expected"),
    [
        ("flat", [{"unit_price": "7"}], "7.00"),
        ("stairstep", [{"to_units": "12", "flat_price": "7"}, {"from_units": "12"}], "7.00"),
        ("package", [{"unit_price": "7", "package_size": "5"}], "21.00"),
        ("package", [{"flat_price": "7"}], "84.00"),
        ("per_unit", [{"unit_price": "7", "flat_price": "1"}], "85.00"),
        ("per_unit", [{"unit_price": "7", "package_size": "5"}], "21.00"),
        ("graduated", [{**UP_TO_TEN[0], "flat_price": "1"}, UP_TO_TEN[1]], "27.00"),
        ("graduated", [{**UP_TO_TEN[0], "package_size": "4"}, UP_TO_TEN[1]], "12.00"),
        ("volume", [UP_TO_TEN[0], {**UP_TO_TEN[1], "flat_price": "1"}], "37.00"),
        ("volume", [{"unit_price": "7", "to_units": "5"}], "84.00"),
        ("percentage", [{"rate": "50"}], "6.00"),
        ("graduated_percentage", [{**UP_TO_TEN[0], "rate": "50"}, UP_TO_TEN[1]], "5.00"),
    ],
)
def test_rule_25_what_twelve_units_cost(
    model: str, tiers: list[dict[str, str]], expected: str
) -> None:
    story = Story().usage(model, *tiers).subscribe("2024-01-01").event("2024-01-02", "12")
    assert story.amounts("2024-02-01") == [("2024-01-01", expected)]


def test_rule_25_events_carry_the_amount_of_a_dynamic_charge() -> None:
    story = Story().usage("dynamic", {}).subscribe("2024-01-01").fact("2024-01-02", amount="2.5")
    assert story.fact("2024-01-03").amounts("2024-02-01") == [("2024-01-01", "2.50")]


PER_EVENT = {
    "rate": "2",
    "fixed_per_event": "0.30",
    "minimum_per_event": "1",
    "maximum_per_event": "5",
}


def test_rule_26_events_are_priced_one_by_one() -> None:
    story = Story().usage("percentage", {**PER_EVENT, "free_events": "1"}).subscribe("2024-01-01")
    for day, quantity in enumerate(("50", "10", "100", "1000"), 2):
        story.event(f"2024-01-0{day}", quantity)
    assert story.amounts("2024-02-01") == [("2024-01-01", "8.30")]


def test_rule_26_included_units_go_in_order_of_time() -> None:
    story = Story().usage("percentage", PER_EVENT, included_units="60").subscribe("2024-01-01")
    for second, quantity in enumerate(("50", "0", "110", "0")):
        story.event(f"2024-01-02T00:00:0{second}", quantity)
    # Free, free, 100 units at 2 % and 0.30, and nothing is left: the minimum.
    assert story.amounts("2024-02-01") == [("2024-01-01", "3.30")]


@pytest.mark.parametrize(
    ("rounding", "expected"), [("up", "3.5"), ("down", "3"), ("nearest", "3.5"), ("none", "3.25")]
)
def test_rule_27_a_quantity_is_divided_then_rounded(rounding: str, expected: str) -> None:
    story = Story().meter("sum", divisor="1000", rounding=rounding, rounding_unit="0.5")
    story.usage("per_unit", {"unit_price": "1"}).subscribe("2024-01-01")
    assert story.event("2024-01-02", "3250").quantities("2024-02-01") == [Decimal(expected)]
