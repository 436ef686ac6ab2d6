"""The reference itself on what is held: every number that the rules state, worked by hand."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from .arithmetic import rounded
from .items import ItemKey, worth
from .periods import Grid, Length, length
from .stories import Story

HALF_CENT = Fraction(1, 200)


def test_half_a_cent_is_rounded_away_from_zero() -> None:
    amounts = [rounded(amount, 2) for amount in (1 * HALF_CENT, -1 * HALF_CENT, 3 * HALF_CENT)]
    assert amounts == [Decimal("0.01"), Decimal("-0.01"), Decimal("0.02")]


def test_an_anchor_on_the_31st_clamps_and_comes_back() -> None:
    grid = Grid(date(2024, 1, 31), Length(1, 0))
    assert [str(grid.boundary(index)) for index in (-1, 1, 2, 3)] == [
        "2023-12-31",
        "2024-02-29",
        "2024-03-31",
        "2024-04-30",
    ]


def test_rule_1_a_cancelled_month_is_worth_its_days() -> None:
    story = Story().charge("per_unit", {"unit_price": "100"}).subscribe("2024-01-01")
    assert story.amounts("2024-01-01") == [("2024-01-01", "100.00")]
    assert story.change("2024-01-15", "cancel").amounts("2024-01-01") == [("2024-01-01", "45.16")]


def test_rule_1_a_third_seat_ends_one_item_and_starts_another() -> None:
    story = Story().charge("per_unit", {"unit_price": "100"})
    story.subscribe("2024-01-01", quantity="2").change("2024-01-15", "quantity", quantity="3")
    assert story.amounts("2024-01-31") == [("2024-01-01", "90.32")]
    assert story.amounts("2024-02-01")[:2] == [("2024-01-01", "90.32"), ("2024-01-15", "164.52")]


def test_rule_3_a_yearly_fee_has_a_stub_and_renews_on_a_bill_date() -> None:
    story = Story().charge("flat", {"flat_price": "366"}, period="year").subscribe("2024-03-10")
    assert story.amounts("2025-04-01") == [
        ("2024-03-10", "22.00"),
        ("2024-04-01", "366.00"),
        ("2025-04-01", "366.00"),
    ]


def test_rule_4_months_of_a_quarter_fall_due_together() -> None:
    story = Story(billing_period="quarter").charge("flat", {"flat_price": "100"})
    assert story.subscribe("2024-01-01").amounts("2024-01-01") == [
        ("2024-01-01", "100.00"),
        ("2024-02-01", "100.00"),
        ("2024-03-01", "100.00"),
    ]


def test_rule_4_who_enters_the_plan_later_pays_from_then_on() -> None:
    story = Story(billing_period="quarter").charge("flat", {"flat_price": "100"})
    story.subscribe("2024-01-17")
    assert story.amounts("2024-03-31") == []
    assert len(story.amounts("2024-04-01")) == 6


def test_rule_4_months_of_a_quarter_fall_due_where_a_trial_ends() -> None:
    story = Story(billing_period="quarter").charge("flat", {"flat_price": "29"})
    story.subscribe("2024-01-01", trial_ends_on="2024-02-15")
    assert story.amounts("2024-03-31") == []
    after_the_trial = story.amounts("2024-04-01")[:2]
    assert after_the_trial == [("2024-02-15", "15.00"), ("2024-03-01", "29.00")]


def test_rule_5_weeks_run_on_across_the_bill_dates_of_months() -> None:
    story = Story().charge("flat", {"flat_price": "7"}, period="week").subscribe("2024-01-01")
    starts = [start for start, _ in story.amounts("2024-02-01")]
    assert starts == ["2024-01-01", "2024-01-08", "2024-01-15", "2024-01-22", "2024-01-29"]
    arrears = Story().charge("flat", {"flat_price": "7"}, period="week", timing="arrears")
    assert len(arrears.subscribe("2024-01-01").amounts("2024-02-01")) == 4


def test_rule_6_an_anniversary_counts_from_the_start_and_waits_for_the_bill_date() -> None:
    story = Story().charge("flat", {"flat_price": "100"}, alignment="anniversary")
    story.subscribe("2024-01-10", trial_ends_on="2024-01-10")
    assert story.amounts("2024-01-31") == []
    assert story.amounts("2024-02-01") == [("2024-01-10", "100.00")]


def test_rule_7_a_quantity_does_not_cut_a_flat_fee() -> None:
    story = Story().charge("flat", {"flat_price": "31"}).subscribe("2024-01-01", quantity="2")
    story.change("2024-01-15", "quantity", quantity="3")
    assert story.amounts("2024-01-31") == [("2024-01-01", "31.00")]
    story.change("2024-01-20", "pause").change("2024-01-30", "resume")
    assert story.amounts("2024-01-31") == [("2024-01-01", "19.00")]


def test_rule_10_usage_has_the_price_of_its_first_day() -> None:
    prices = ({"unit_price": "0.10"}, {"unit_price": "0.12", "valid_from": "2024-01-16"})
    story = Story().usage("per_unit", *prices).subscribe("2024-01-01")
    story.event("2024-01-10", "100").event("2024-01-20", "100")
    assert story.amounts("2024-02-01") == [("2024-01-01", "20.00")]


def test_rule_10_a_segment_picks_up_the_price_of_its_day() -> None:
    prices = ({"unit_price": "31"}, {"unit_price": "62", "valid_from": "2024-01-10"})
    story = Story().charge("per_unit", *prices).subscribe("2024-01-01")
    story.change("2024-01-30", "quantity", quantity="2")
    assert story.amounts("2024-02-01")[:2] == [("2024-01-01", "29.00"), ("2024-01-30", "8.00")]


def test_rule_11_a_negotiated_price_outlives_the_list() -> None:
    prices = (
        {"unit_price": "3"},
        {"unit_price": "2", "subscription_id": "s", "valid_from": "2024-02-01"},
        {"unit_price": "4", "valid_from": "2024-03-01"},
    )
    story = Story().charge("per_unit", *prices).subscribe("2024-01-01")
    amounts = [amount for _, amount in story.amounts("2024-03-01")]
    assert amounts == ["3.00", "2.00", "2.00"]


def test_rule_12_a_set_up_fee_is_billed_once_and_in_a_trial_too() -> None:
    story = Story().charge("per_unit", {"unit_price": "50"}, kind="one_time")
    story.subscribe("2024-01-10", trial_ends_on="2024-03-01", quantity="2")
    story.change("2024-01-20", "plan", plan_id="other").change("2024-02-20", "plan", plan_id="plan")
    assert story.amounts("2024-06-01") == [("2024-01-10", "100.00")]


def test_rule_12_the_amount_of_a_one_time_row_is_its_total() -> None:
    story = Story().charge("per_unit", {"unit_price": "7"}, kind="one_time")
    day = {"account_id": "payer", "occurred_on": "2024-01-10"}
    story.add("one_time_charges", item_id="a", amount="12.345", quantity="3", **day)
    story.add("one_time_charges", item_id="b", charge_id="fee", quantity="3", **day)
    items = worth(story.rows, date(2024, 2, 1))
    assert items[ItemKey("", "a", date(2024, 1, 10), "EUR")].net_amount == Decimal("12.35")
    assert items[ItemKey("", "b", date(2024, 1, 10), "EUR")].net_amount == Decimal("21.00")


def test_rule_13_a_trial_is_free() -> None:
    story = Story().charge("flat", {"flat_price": "31"}).usage("per_unit", {"unit_price": "1"})
    story.subscribe("2024-01-01", trial_ends_on="2024-01-15").event("2024-01-14T23:59:59", "9")
    assert story.amounts("2024-01-31") == []
    assert story.amounts("2024-02-01")[::2] == [("2024-01-15", "17.00"), ("2024-01-15", "0.00")]


def test_rule_14_changes_of_one_day_apply_in_order_of_their_keys() -> None:
    story = Story().charge("per_unit", {"unit_price": "1"}).subscribe("2024-01-01")
    story.change("2024-01-10", "quantity", quantity="5", change_id="b")
    story.change("2024-01-10", "quantity", quantity="9", change_id="a")
    assert story.amounts("2024-02-01")[1] == ("2024-01-10", "3.55")


def test_rule_14_a_change_before_the_start_holds_from_the_start() -> None:
    story = Story().charge("per_unit", {"unit_price": "1"}).subscribe("2024-02-01")
    story.change("2024-01-10", "quantity", quantity="5")
    assert story.amounts("2024-02-01") == [("2024-02-01", "5.00")]


def test_rule_14_equal_neighbours_are_one_segment_and_the_earliest_end_holds() -> None:
    story = Story().charge("per_unit", {"unit_price": "31"})
    story.subscribe("2024-01-01", ends_on="2024-01-21").change(
        "2024-01-05", "quantity", quantity="1"
    )
    story.change("2024-01-11", "cancel").change("2024-01-07", "resume")
    assert story.amounts("2024-02-01") == [("2024-01-01", "10.00")]


def test_rule_31_the_anchor_is_a_bill_date_and_the_first_start_where_it_is_empty() -> None:
    story = Story(billing_anchor="").charge("flat", {"flat_price": "100"}).subscribe("2024-03-10")
    assert story.amounts("2024-03-10") == [("2024-03-10", "100.00")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("half_year", Length(6, 0)), ("10 days", Length(0, 10)), ("2 weeks", Length(0, 14))],
)
def test_periods_have_a_count_and_a_unit(text: str, expected: Length) -> None:
    assert length(text) == expected
