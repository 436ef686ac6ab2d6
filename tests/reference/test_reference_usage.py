"""The reference itself on usage: every number that the rules state, worked by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest

from .arithmetic import shares
from .stories import UP_TO_TEN, Story

ONE = Fraction(1)


def test_rule_15_a_pause_leaves_one_window_with_a_hole() -> None:
    story = Story().usage("graduated", *UP_TO_TEN).subscribe("2024-01-01")
    story.event("2024-01-05", "8").change("2024-01-10", "pause").event("2024-01-12", "99")
    story.change("2024-01-20", "resume").event("2024-01-25", "7")
    assert story.amounts("2024-02-01") == [("2024-01-01", "35.00")]


def test_rule_16_included_units_are_not_prorated() -> None:
    story = Story().usage("per_unit", {"unit_price": "1"}, included_units="100")
    story.subscribe("2024-04-16", quantity="2").event("2024-04-20", "80")
    assert story.amounts("2024-05-01") == [("2024-04-16", "0.00")]
    assert story.event("2024-04-20", "30").amounts("2024-05-01") == [("2024-04-16", "10.00")]


def test_rule_17_the_minimum_of_usage_follows_its_active_days() -> None:
    story = Story().usage("per_unit", {"unit_price": "1"}, minimum_amount="31", maximum_amount="90")
    story.subscribe("2024-01-15")
    assert story.amounts("2024-02-01") == [("2024-01-15", "17.00")]
    assert story.event("2024-01-20", "95").amounts("2024-02-01") == [("2024-01-15", "90.00")]


def test_rule_17_bounds_of_a_recurring_charge_follow_the_part() -> None:
    story = Story().charge("per_unit", {"unit_price": "1"}, minimum_amount="62")
    assert story.subscribe("2024-01-16").amounts("2024-02-01")[0] == ("2024-01-16", "32.00")
    story = Story().charge("per_unit", {"unit_price": "99"}, maximum_amount="62")
    assert story.subscribe("2024-01-16").amounts("2024-02-01")[0] == ("2024-01-16", "32.00")


def test_rule_18_a_stub_is_a_rating_period_of_its_own() -> None:
    story = Story().usage(
        "per_unit", {"unit_price": "1"}, rating_period="year", included_units="1200"
    )
    story.subscribe("2024-03-10").event("2024-03-20", "1200").event("2024-04-02", "1000")
    story.event("2024-05-02", "250")
    amounts = [amount for _, amount in story.amounts("2024-06-01")]
    assert amounts == ["0.00", "0.00", "50.00"]


def test_rule_18_a_window_is_the_difference_of_two_rounded_totals() -> None:
    story = Story().usage("per_unit", {"unit_price": "0.005"}, rating_period="year")
    story.subscribe("2024-01-01").event("2024-01-02", "1").event("2024-02-02", "1")
    assert [amount for _, amount in story.amounts("2024-03-01")] == ["0.01", "0.00"]


def test_rule_18_the_last_window_tops_up_the_minimum() -> None:
    story = Story().usage(
        "per_unit", {"unit_price": "1"}, rating_period="year", minimum_amount="366"
    )
    story.subscribe("2024-01-01").change("2024-03-01", "cancel")
    assert [amount for _, amount in story.amounts("2024-06-01")] == ["0.00", "60.00"]


TIERED = (
    {"from_units": "0", "to_units": "10", "unit_price": "100.352"},
    {"from_units": "10", "unit_price": "501.76"},
)


def test_rule_19_a_family_shares_tiers_and_the_larger_fraction_takes_the_cent() -> None:
    story = (
        Story()
        .account("child", payer_account_id="payer")
        .usage("graduated", *TIERED, pooled="true")
    )
    story.subscribe("2024-01-01")
    story.subscribe("2024-01-01", subscription_id="t", account_id="child")
    story.event("2024-01-05", "8").event("2024-01-05", "4", subscription_id="t")
    amounts = [amount for _, amount in story.amounts("2024-02-01")]
    assert amounts == ["1338.03", "669.01"]


def test_rule_19_whoever_negotiated_stays_out_and_minimums_stay_apart() -> None:
    story = Story().usage(
        "graduated", *UP_TO_TEN, pooled="true", minimum_amount="31", included_units="1"
    )
    story.add("prices", charge_id="use", currency="EUR", subscription_id="u", unit_price="1")
    for subscription_id in ("s", "t", "u"):
        story.subscribe("2024-01-01", subscription_id=subscription_id)
        story.event("2024-01-05", "9", subscription_id=subscription_id)
    # s and t: 18 less 2 included are 16 units, 38.00, half each, both below the minimum.
    assert [amount for _, amount in story.amounts("2024-02-01")] == ["31.00", "31.00", "31.00"]


def test_the_remainder_goes_to_the_first_key_among_equal_fractions() -> None:
    split = shares(Decimal("10.00"), [("a", ONE), ("b", ONE), ("c", ONE)])
    assert split == {"a": Decimal("3.34"), "b": Decimal("3.33"), "c": Decimal("3.33")}


def test_rule_20_a_negative_quantity_counts_as_none_but_not_among_events() -> None:
    story = Story().usage("per_unit", {"unit_price": "1"}).subscribe("2024-01-01")
    assert story.event("2024-01-02", "-5").amounts("2024-02-01") == [("2024-01-01", "0.00")]
    story = Story().usage("percentage", {"rate": "10", "fixed_per_event": "0"})
    story.subscribe("2024-01-01").event("2024-01-02", "-5")
    assert story.amounts("2024-02-01") == [("2024-01-01", "-0.50")]


@pytest.mark.parametrize(
    ("aggregation", "expected"),
    [("max", [7, 4, 2]), ("latest", [4, 2, 2]), ("sum", [11, 13, 13]), ("count", [2, 3, 3])],
)
def test_rule_21_levels_carry_over(aggregation: str, expected: list[int]) -> None:
    story = Story().meter(aggregation, carries_over="true").usage("per_unit", {"unit_price": "1"})
    story.subscribe("2024-01-01").event("2024-01-05", "7").event("2024-01-20", "4")
    assert story.event("2024-02-10", "2").quantities("2024-04-01") == expected


def test_rule_23_an_event_that_says_nothing_is_no_value_of_a_later_window() -> None:
    story = Story().meter("unique_count", property="id", carries_over="true")
    story.usage("per_unit", {"unit_price": "1"}, group_by="region", minimum_amount="10")
    story.subscribe("2024-01-01").fact("2023-12-29", region="eu").fact("2024-01-02", region="us")
    assert story.by_value("2024-02-01") == {("use", "us"): "10.00"}


def test_rule_21_an_event_in_a_trial_sets_the_level() -> None:
    story = Story().meter("max", carries_over="true").usage("per_unit", {"unit_price": "1"})
    story.subscribe("2024-01-01", trial_ends_on="2024-01-15").event("2024-01-02", "9")
    assert story.event("2024-01-03", "6").quantities("2024-02-01") == [Decimal(6)]


def test_rule_22_a_level_held_for_half_a_month_is_half_of_it() -> None:
    story = Story().meter("time_weighted").usage("per_unit", {"unit_price": "1"})
    story.subscribe("2024-04-01").event("2024-04-16", "100")
    assert story.quantities("2024-05-01") == [Decimal(50)]
    assert story.subscribe("2024-04-01").quantities("2024-06-01") == [Decimal(50), Decimal(0)]


def test_rule_22_a_day_of_23_hours_weighs_one() -> None:
    story = Story().meter("time_weighted").usage("per_unit", {"unit_price": "1"})
    story.rows["billing_entities"] = [{"entity_id": "seller", "currency": "EUR"}]
    story.subscribe("2024-03-01").event("2024-03-31T12:00:00+02:00", "31")
    assert story.quantities("2024-04-01") == [Decimal("0.521739130435")]


@pytest.mark.parametrize(
    ("aggregation", "expected"), [("max", 3), ("latest", 1), ("unique_count", 1)]
)
def test_rule_22_ids_are_added_and_removed(aggregation: str, expected: int) -> None:
    story = Story().meter(aggregation, event_carries="change", property="seat")
    story.usage("per_unit", {"unit_price": "1"}).subscribe("2024-01-01")
    for second, seat in enumerate("abca"):
        story.fact(f"2024-01-05T10:00:0{second}", seat=seat, operation="add")
    for second, seat in enumerate("bca"):
        story.fact(f"2024-01-06T10:00:0{second}", seat=seat, operation="remove")
    story.fact("2024-01-07", seat="z", operation="add")
    assert story.quantities("2024-02-01") == [Decimal(expected)]


def test_rule_22_numbers_are_added_to_the_level() -> None:
    story = Story().meter("max", event_carries="change").usage("per_unit", {"unit_price": "1"})
    story.subscribe("2024-01-01").event("2024-01-05", "3").event("2024-01-06", "4")
    story.event("2024-01-07", "-5").event("2024-02-07", "1")
    assert story.quantities("2024-03-01") == [Decimal(7), Decimal(1)]


def test_rule_23_an_instant_belongs_to_its_local_day() -> None:
    story = Story().usage("per_unit", {"unit_price": "1"}).subscribe("2024-01-01")
    story.rows["billing_entities"] = [{"entity_id": "seller", "currency": "EUR"}]
    story.event("2024-01-31T23:30:00", "1").event("2024-01-31", "10").event("2024-02-01", "100")
    assert story.quantities("2024-03-01") == [Decimal(10), Decimal(101)]


@pytest.mark.parametrize(
    ("aggregation", "expected"),
    [("sum", 5), ("count", 3), ("max", 3), ("latest", 2), ("unique_count", 2)],
)
def test_rule_23_an_event_without_the_property(aggregation: str, expected: int) -> None:
    story = Story().meter(aggregation, property="size").usage("per_unit", {"unit_price": "1"})
    story.subscribe("2024-01-01").fact("2024-01-02", size=3).fact("2024-01-03", size="2")
    story.fact("2024-01-04", other=7)
    assert story.quantities("2024-02-01") == [Decimal(expected)]


def test_rule_23_what_is_no_number_disturbs_nobody_and_quantities_can_be_told_apart() -> None:
    story = Story().meter("sum", property="size").usage("per_unit", {"unit_price": "1"})
    story.subscribe("2024-01-01").fact("2024-01-02", size="NaN").fact("2024-01-03", size="2")
    assert story.quantities("2024-02-01") == [Decimal(2)]
    story = Story().meter("unique_count").usage("per_unit", {"unit_price": "1"})
    story.subscribe("2024-01-01").event("2024-01-02", "1.0").event("2024-01-03", "1")
    assert story.event("2024-01-03", "2").quantities("2024-02-01") == [Decimal(2)]


def test_rule_24_filters_are_independent() -> None:
    story = Story().usage("per_unit", {"unit_price": "1"}, charge_id="all")
    story.usage("per_unit", {"unit_price": "2"}, charge_id="peak", filters='{"time": ["peak"]}')
    story.subscribe("2024-01-01").event("2024-01-02", "3", properties='{"time": "peak"}')
    story.event("2024-01-02", "5", properties='{"time": "off"}')
    assert story.by_value("2024-02-01") == {("all", ""): "8.00", ("peak", ""): "6.00"}


def test_rule_24_each_value_has_its_own_included_units() -> None:
    story = Story().usage("per_unit", {"unit_price": "1"}, group_by="region", included_units="2")
    story.subscribe("2024-01-01")
    assert story.by_value("2024-02-01") == {("use", ""): "0.00"}
    story.event("2024-01-02", "3", properties='{"region": "eu"}')
    story.event("2024-01-02", "5", properties='{"region": "us"}')
    assert story.by_value("2024-02-01") == {("use", "eu"): "1.00", ("use", "us"): "3.00"}
