"""Every bad value, one by one: its row is listed with a reason, the others land."""

import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.landing.world import EVENT, GOOD, World, csv_text, event, jsonl_text


@pytest.mark.parametrize("table", GOOD)
def test_the_good_row_of_every_table_lands(world: World, table: str) -> None:
    report = world.land_one(f"{table}.csv", csv_text([GOOD[table]]))
    assert (report.landed, report.accepted, report.reason) == (1, 1, None)


@pytest.mark.parametrize(
    ("table", "column", "value", "reason"),
    [
        ("usage_events", "quantity", "NaN", "not_a_number: quantity is 'NaN'"),
        ("usage_events", "quantity", "Infinity", "not_a_number: quantity is 'Infinity'"),
        ("usage_events", "quantity", "-inf", "not_a_number: quantity is '-inf'"),
        ("usage_events", "quantity", "twelve", "not_a_number: quantity is 'twelve'"),
        ("usage_events", "quantity", "1,5", "not_a_number: quantity is '1,5'"),
        ("usage_events", "quantity", "1_000", "not_a_number: quantity is '1_000'"),
        ("usage_events", "quantity", "0x10", "not_a_number: quantity is '0x10'"),
        (
            "usage_events",
            "quantity",
            "0.1234567890123",
            "too_many_decimals: quantity is '0.1234567890123'; at most 12 are kept",
        ),
        (
            "usage_events",
            "quantity",
            "1e-13",
            "too_many_decimals: quantity is '1e-13'; at most 12 are kept",
        ),
        (
            "usage_events",
            "quantity",
            "100000000000000000000000000",
            "too_large: quantity is '100000000000000000000000000'; "
            "at most 26 digits stand before the point",
        ),
        ("usage_events", "event_id", "", "missing: event_id is required"),
        ("usage_events", "event_id", "  ", "missing: event_id is required"),
        ("usage_events", "meter_id", "", "missing: meter_id is required"),
        ("usage_events", "occurred_at", "", "missing: occurred_at is required"),
        (
            "usage_events",
            "occurred_at",
            "2024-02-30T10:00:00Z",
            "not_a_timestamp: occurred_at is '2024-02-30T10:00:00Z'; "
            "an instant is such as 2024-01-31T23:30:00Z",
        ),
        (
            "usage_events",
            "occurred_at",
            "31/01/2024",
            "not_a_timestamp: occurred_at is '31/01/2024'; "
            "an instant is such as 2024-01-31T23:30:00Z",
        ),
        (
            "usage_events",
            "occurred_at",
            "0014-01-31",
            "out_of_range: occurred_at is '0014-01-31'; dates run from 1900-01-01 to 2200-12-31",
        ),
        ("usage_events", "properties", "[1]", "not_a_json_object: properties is '[1]'"),
        ("usage_events", "properties", "{broken", "not_a_json_object: properties is '{broken'"),
        ("usage_events", "properties", '"text"', "not_a_json_object: properties is '\"text\"'"),
        (
            "usage_events",
            "withdrawn",
            "maybe",
            "not_a_boolean: withdrawn is 'maybe'; true or false",
        ),
        (
            "subscriptions",
            "starts_on",
            "2024-02-30",
            "not_a_date: starts_on is '2024-02-30'; a date is such as 2024-01-31",
        ),
        (
            "subscriptions",
            "starts_on",
            "infinity",
            "not_a_date: starts_on is 'infinity'; a date is such as 2024-01-31",
        ),
        (
            "subscriptions",
            "starts_on",
            "2024-01-01T10:00:00",
            "not_a_date: starts_on is '2024-01-01T10:00:00'; a date is such as 2024-01-31",
        ),
        (
            "subscriptions",
            "starts_on",
            "0014-01-01",
            "out_of_range: starts_on is '0014-01-01'; dates run from 1900-01-01 to 2200-12-31",
        ),
        (
            "subscriptions",
            "ends_on",
            "9999-12-31",
            "out_of_range: ends_on is '9999-12-31'; dates run from 1900-01-01 to 2200-12-31",
        ),
        ("subscriptions", "quantity", "-1", "out_of_range: quantity is '-1'; at least 0"),
        (
            "accounts",
            "payment_terms_days",
            "-1",
            "out_of_range: payment_terms_days is '-1'; at least 0",
        ),
        ("accounts", "payment_terms_days", "1.5", "not_an_integer: payment_terms_days is '1.5'"),
        (
            "accounts",
            "payment_terms_days",
            "9999999999",
            "not_an_integer: payment_terms_days is '9999999999'",
        ),
        (
            "accounts",
            "is_consolidated",
            "oui",
            "not_a_boolean: is_consolidated is 'oui'; true or false",
        ),
        (
            "accounts",
            "country_code",
            "fr",
            "not_a_country: country_code is 'fr'; two capital letters, such as FR",
        ),
        (
            "accounts",
            "currency",
            "EURO",
            "not_a_currency: currency is 'EURO'; three capital letters, such as EUR",
        ),
        (
            "accounts",
            "billing_period",
            "0 days",
            "not_a_period: billing_period is '0 days'; "
            "a unit or a count and a unit, such as month or 30 days",
        ),
        (
            "accounts",
            "billing_period",
            "fortnight",
            "not_a_period: billing_period is 'fortnight'; "
            "a unit or a count and a unit, such as month or 30 days",
        ),
        (
            "accounts",
            "locale",
            "french",
            "not_a_locale: locale is 'french'; a language and a country, such as fr_FR",
        ),
        ("accounts", "name", "Evil\x07", "unprintable: name holds a control character"),
        (
            "billing_entities",
            "timezone",
            "Europe/Lutetia",
            "unknown_timezone: timezone is 'Europe/Lutetia'; a name such as Europe/Paris",
        ),
        (
            "charges",
            "kind",
            "monthly",
            "unknown_value: kind is 'monthly'; one of one_time, recurring, usage",
        ),
        (
            "charges",
            "timing",
            "later",
            "unknown_value: timing is 'later'; one of advance, arrears",
        ),
        ("charges", "filters", "eu", "not_a_json_object: filters is 'eu'"),
        ("prices", "package_size", "0", "out_of_range: package_size is '0'; more than 0"),
        ("meters", "divisor", "0", "out_of_range: divisor is '0'; more than 0"),
        (
            "subscription_changes",
            "change",
            "quantity",
            "missing: quantity is required where change is quantity",
        ),
        (
            "subscription_changes",
            "change",
            "plan",
            "missing: plan_id is required where change is plan",
        ),
        (
            "one_time_charges",
            "amount",
            "",
            "missing: amount, or charge_id and quantity is required",
        ),
        (
            "allowances",
            "account_id",
            "",
            "missing: account_id, or subscription_id is required",
        ),
        ("prepaid_credits", "amount", "-5", "out_of_range: amount is '-5'; at least 0"),
    ],
)
@pytest.mark.parametrize("file_format", ["csv", "jsonl"])
def test_a_bad_value_is_rejected_by_column_and_value(
    world: World, table: str, column: str, value: str, reason: str, file_format: str
) -> None:
    bad = {**GOOD[table], column: value}
    text = csv_text([bad]) if file_format == "csv" else jsonl_text([bad])
    report = world.land_one(f"{table}.{file_format}", text)
    assert (report.landed, report.accepted, report.rejected) == (1, 0, 1)
    assert world.reason() == reason
    row = json.loads(world.value("select row_content from raw.rejected_rows"))
    assert row[column] == value


def test_all_problems_of_a_row_are_named_together(world: World) -> None:
    world.land_one("usage_events.csv", csv_text([event(quantity="NaN", meter_id="")]))
    assert world.reason() == "missing: meter_id is required; not_a_number: quantity is 'NaN'"


def test_a_rejected_row_is_found_by_file_and_row_and_the_others_land(world: World) -> None:
    world.land_one(
        "usage_events/january.csv",
        csv_text([event(event_id=f"e{n}", quantity="x" if n == 2 else "1") for n in range(1, 4)]),
    )
    assert world.rows("select table_name, source_file, source_row from raw.rejected_rows") == [
        ("usage_events", "usage_events/january.csv", 2)
    ]
    assert world.rows("select event_id, source_row from raw.usage_events order by all") == [
        ("e1", 1),
        ("e3", 3),
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1", "1"),
        ("-1.25", "-1.25"),
        ("+2", "2"),
        (".5", "0.5"),
        ("5.", "5"),
        (" 7 ", "7"),
        ("1e-6", "0.000001"),
        ("1.5E3", "1500"),
        ("1500e-13", "0.00000000015"),
        ("0.10000000000000000", "0.1"),
        ("0.123456789012", "0.123456789012"),
        ("12345678901234567.89", "12345678901234567.89"),
        ("99999999999999999999999999.999999999999", "99999999999999999999999999.999999999999"),
    ],
)
def test_a_number_is_kept_to_the_last_decimal(world: World, written: str, expected: str) -> None:
    world.write("usage_events/a.csv", csv_text([event(event_id="csv", quantity=written)]))
    world.write("usage_events/b.jsonl", jsonl_text([event(event_id="text", quantity=written)]))
    world.land()
    quantities = [row[0] for row in world.rows("select quantity from raw.usage_events")]
    assert quantities == [Decimal(expected)] * 2


@pytest.mark.parametrize("number", ["0.1", "12345678901234567.89", "1e-6", "-0.3", "1E2"])
def test_a_json_number_never_passes_through_a_binary_float(world: World, number: str) -> None:
    line = jsonl_text([{**EVENT, "properties": {}}])
    line = line.replace('"1.5"', number).replace("{}", '{"amount": ' + number + "}")
    world.land_one("usage_events.jsonl", line)
    (row,) = world.rows("select quantity, properties ->> 'amount' from raw.usage_events")
    assert row[0] == Decimal(number)
    assert Decimal(row[1]) == Decimal(number)


@given(number=st.decimals(allow_nan=False, allow_infinity=False, places=None))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_number_is_either_kept_exactly_or_rejected(world: World, number: Decimal) -> None:
    world.con.execute("drop schema if exists raw cascade")
    world.land_one("usage_events.csv", csv_text([event(quantity=str(number))]))
    kept = world.rows("select quantity from raw.usage_events")
    fits = number == number.quantize(Decimal("1e-12")) if abs(number) < 10**15 else True
    if kept:
        assert kept == [(number,)]
    else:
        assert not fits or abs(number) >= 10**15
        assert world.reason().startswith(("too_many_decimals", "too_large", "not_a_number"))


@pytest.mark.parametrize(
    ("written", "instant", "is_local_date"),
    [
        ("2024-01-31T23:30:00", "2024-01-31 23:30:00", False),
        ("2024-01-31T23:30:00Z", "2024-01-31 23:30:00", False),
        ("2024-01-31t23:30:00z", "2024-01-31 23:30:00", False),
        ("2024-01-31 23:30", "2024-01-31 23:30:00", False),
        ("2024-01-31T23:30:00+01:00", "2024-01-31 22:30:00", False),
        ("2024-01-31 23:30:00 +01", "2024-01-31 22:30:00", False),
        ("2024-01-31T23:30+01:00", "2024-01-31 22:30:00", False),
        ("2024-01-31T23:30:00-0500", "2024-02-01 04:30:00", False),
        ("2024-01-31T23:30:00.123456789Z", "2024-01-31 23:30:00.123456", False),
        ("2024-01-31", "2024-01-31 00:00:00", True),
    ],
)
def test_an_instant_without_offset_is_utc_and_a_bare_date_is_local(
    world: World, written: str, instant: str, is_local_date: bool
) -> None:
    world.con.execute("set timezone = 'Asia/Tokyo'")
    world.land_one("usage_events.csv", csv_text([event(occurred_at=written)]))
    assert world.rows(
        f"select occurred_at = timestamptz '{instant}+00', is_local_date from raw.usage_events"
    ) == [(True, is_local_date)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [("true", True), ("YES", True), ("1", True), ("False", False), ("no", False), ("0", False)],
)
def test_booleans_have_three_spellings_each(world: World, written: str, *, expected: bool) -> None:
    world.land_one("accounts.csv", csv_text([{**GOOD["accounts"], "is_tax_exempt": written}]))
    assert world.value("select is_tax_exempt from raw.accounts") is expected


@pytest.mark.parametrize(
    "period", ["day", "half_year", "30 days", "1 month", "18 months", "2 years"]
)
def test_a_period_is_a_unit_or_a_count_and_a_unit(world: World, period: str) -> None:
    world.land_one("accounts.csv", csv_text([{**GOOD["accounts"], "billing_period": period}]))
    assert world.value("select billing_period from raw.accounts") == period


def test_white_space_around_a_value_is_not_part_of_it(world: World) -> None:
    world.land_one("usage_events.csv", csv_text([event(event_id=" e1\t", meter_id="m 1 ")]))
    assert world.rows("select event_id, meter_id from raw.usage_events") == [("e1", "m 1")]


def test_text_of_any_script_and_statement_arrives_as_it_was(world: World) -> None:
    name = 'O\'Hara; drop table raw.accounts; -- "é" 日本 🚀\nsecond line'
    for place, text in enumerate((csv_text, jsonl_text)):
        world.write(
            f"accounts/{place}.{text.__name__.removesuffix('_text')}",
            text([{**GOOD["accounts"], "account_id": str(place), "name": name}]),
        )
    world.land()
    assert world.rows("select name from raw.accounts") == [(name,), (name,)]


def test_a_nested_json_value_is_not_taken_for_text(world: World) -> None:
    world.land_one("usage_events.jsonl", jsonl_text([{**EVENT, "meter_id": ["m1"]}]))
    assert world.reason() == "not_a_value: meter_id is an object or a list"
