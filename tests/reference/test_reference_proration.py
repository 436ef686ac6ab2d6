"""The reference itself on parts of a period: published numbers, and those that the rules state."""

from datetime import date
from fractions import Fraction

import pytest

from .periods import Length, Span
from .proration import share
from .stories import Story

MONTH, WEEK = Length(1, 0), Length(0, 7)
RULES = ("actual", "actual_360", "strict_360")


def span(start: str, end: str) -> Span:
    return Span(date.fromisoformat(start), date.fromisoformat(end))


JANUARY = span("2021-01-01", "2021-02-01")
FEBRUARY = span("2021-02-01", "2021-03-01")
APRIL = span("2021-04-01", "2021-05-01")


@pytest.mark.parametrize(
    ("part", "natural", "expected"),
    [
        (span("2021-01-27", "2021-02-01"), JANUARY, ("5/31", "5/30", "4/30")),
        (span("2021-02-27", "2021-03-01"), FEBRUARY, ("2/28", "2/30", "4/30")),
        (span("2021-01-31", "2021-02-01"), JANUARY, ("1/31", "1/30", "1/30")),
        (span("2021-04-21", "2021-04-30"), APRIL, ("9/30", "9/30", "9/30")),
        (span("2021-01-02", "2021-02-01"), JANUARY, ("30/31", "1", "29/30")),
        (JANUARY, JANUARY, ("1", "1", "1")),
        (FEBRUARY, FEBRUARY, ("1", "1", "1")),
    ],
)
def test_rule_9_the_days_of_a_month_by_three_rules(
    part: Span, natural: Span, expected: tuple[str, ...]
) -> None:
    found = tuple(share(rule, [part], natural, MONTH, [part]) for rule in RULES)
    assert found == tuple(Fraction(text) for text in expected)


def test_rule_9_both_sides_of_strict_360_are_counted_alike() -> None:
    """[28 February, 31 March) has 32 days of 360, so that its parts are the whole of it."""
    natural = span("2021-02-28", "2021-03-31")
    parts = [span("2021-02-28", "2021-03-15"), span("2021-03-15", "2021-03-31")]
    shares = [share("strict_360", [part], natural, MONTH, parts) for part in parts]
    assert shares == [Fraction(17, 32), Fraction(15, 32)]


def test_rule_9_a_period_in_days_has_real_ones() -> None:
    week, part = span("2021-01-25", "2021-02-01"), span("2021-01-30", "2021-02-01")
    shares = [share(rule, [part], week, WEEK, [part]) for rule in RULES]
    assert shares == [Fraction(2, 7)] * 3


@pytest.mark.parametrize(
    ("proration", "stub"), [("actual", "45.16"), ("actual_360", "46.67"), ("strict_360", "46.67")]
)
def test_rule_9_a_stub_of_fourteen_days_and_a_month(proration: str, stub: str) -> None:
    story = Story(billing_anchor="2018-01-15")
    story.charge("per_unit", {"unit_price": "100"}, proration=proration)
    story.subscribe("2018-01-01", ends_on="2018-02-15")
    assert story.amounts("2018-02-15") == [("2018-01-01", stub), ("2018-01-15", "100.00")]


@pytest.mark.parametrize("proration", ["none", "free"])
def test_rule_8_a_period_that_is_covered_whole_is_shared_by_its_days(proration: str) -> None:
    story = Story().charge("per_unit", {"unit_price": "10"}, proration=proration)
    story.subscribe("2024-01-01", quantity="2").change("2024-01-15", "quantity", quantity="3")
    assert story.amounts("2024-02-01")[:2] == [("2024-01-01", "9.03"), ("2024-01-15", "16.45")]


@pytest.mark.parametrize(("proration", "amount"), [("none", "10.00"), ("free", "0.00")])
def test_rule_8_a_part_costs_the_whole_or_nothing(proration: str, amount: str) -> None:
    story = Story().charge("per_unit", {"unit_price": "10"}, proration=proration)
    assert story.subscribe("2024-01-10").amounts("2024-02-01")[0] == ("2024-01-10", amount)


def test_rule_8_plans_share_the_days_that_they_cover_together() -> None:
    story = Story().charge("flat", {"flat_price": "22"}, proration="none")
    story.charge("flat", {"flat_price": "44"}, charge_id="other", plan_id="other", proration="none")
    story.subscribe("2024-01-10").change("2024-01-20", "plan", plan_id="other")
    story.change("2024-02-01", "cancel")
    assert story.amounts("2024-02-01") == [("2024-01-10", "10.00"), ("2024-01-20", "24.00")]


@pytest.mark.parametrize(
    ("proration", "amounts"),
    [
        ("actual", ["19.00", "7.00"]),
        ("actual_360", ["19.63", "7.23"]),
        ("strict_360", ["19.63", "6.20"]),
        ("none", ["22.65", "8.35"]),
        ("free", ["0.00", "0.00"]),
    ],
)
def test_a_pause_takes_its_days_by_every_rule(proration: str, amounts: list[str]) -> None:
    story = Story().charge("flat", {"flat_price": "31"}, proration=proration)
    story.subscribe("2024-01-01").change("2024-01-20", "pause").change("2024-01-25", "resume")
    assert [amount for _, amount in story.amounts("2024-02-01")][:2] == amounts


@pytest.mark.parametrize(
    ("proration", "amount"),
    [
        ("actual", "17.00"),
        ("actual_360", "17.57"),
        ("strict_360", "16.53"),
        ("none", "31.00"),
        ("free", "0.00"),
    ],
)
def test_rule_17_the_minimum_of_usage_follows_the_rule(proration: str, amount: str) -> None:
    story = Story().usage("per_unit", {"unit_price": "1"}, minimum_amount="31", proration=proration)
    assert story.subscribe("2024-01-15").amounts("2024-02-01") == [("2024-01-15", amount)]
