"""The same rows land the same from every format."""

from decimal import Decimal

import pytest

from tests.landing.world import GOOD, World, csv_text, event, jsonl_text

ROWS = [
    event(event_id="e1", properties='{"region":"eu","amount":2.5}'),
    event(event_id="e2", occurred_at="2024-01-31", quantity="-0.000000000001"),
    event(event_id="été", quantity=""),
]
PARQUET = """
    select * from (values
        ('e1', 's1', 'm1', timestamptz '2024-01-31 23:30:00+00', 1.5::decimal(18, 12),
            '{"region":"eu","amount":2.5}'),
        ('été', 's1', 'm1', timestamptz '2024-01-31 23:30:00+00', null, '')
    ) as events(event_id, subscription_id, meter_id, occurred_at, quantity, properties)
"""


def test_csv_jsonl_and_their_gzips_give_the_same_rows(world: World) -> None:
    contents = []
    for path, text in (
        ("usage_events.csv", csv_text(ROWS)),
        ("usage_events.csv.gz", csv_text(ROWS)),
        ("usage_events.jsonl", jsonl_text(ROWS)),
        ("usage_events.jsonl.gz", jsonl_text(ROWS)),
    ):
        world.con.execute("drop schema if exists raw cascade")
        for old in world.folder.iterdir():
            old.unlink()
        assert world.land_one(path, text).accepted == 3
        contents.append(world.content("usage_events"))
    assert contents == [contents[0]] * 4


def test_parquet_of_texts_gives_the_same_rows_as_csv(world: World) -> None:
    world.land_one("usage_events.csv", csv_text(ROWS))
    expected = world.content("usage_events")
    world.con.execute("drop schema raw cascade")
    (world.folder / "usage_events.csv").rename(world.folder / ".usage_events.csv")
    world.write_parquet(
        "usage_events.parquet",
        f"select * from read_csv('{world.folder}/.usage_events.csv', all_varchar = true)",
    )
    world.land()
    assert world.content("usage_events") == expected


def test_typed_parquet_gives_the_same_rows_as_csv(world: World) -> None:
    world.write("usage_events/a.csv", csv_text([ROWS[0], ROWS[2]]))
    world.write_parquet("usage_events/b.parquet", PARQUET)
    (_, parquet) = world.land().files
    assert (parquet.landed, parquet.accepted, parquet.duplicate) == (2, 0, 2)


@pytest.mark.parametrize("table", GOOD)
def test_every_table_lands_from_parquet_and_jsonl(world: World, table: str) -> None:
    values = ", ".join(f"'{value}' as {name}" for name, value in GOOD[table].items())
    world.write_parquet(f"{table}.parquet", f"select {values}")
    world.land()
    from_parquet = world.content(table)
    world.con.execute("drop schema raw cascade")
    (world.folder / f"{table}.parquet").unlink()
    world.land_one(f"{table}.jsonl", jsonl_text([GOOD[table]]))
    assert world.content(table) == from_parquet != []


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("0.1::double", Decimal("0.1")),
        ("0.1::float", Decimal("0.1")),
        ("1e22::double", Decimal("1e22")),
        ("123456789.123::double", Decimal("123456789.123")),
        ("7::utinyint", Decimal(7)),
        ("9223372036854775807::bigint", Decimal(9223372036854775807)),
        ("12345678901234567890::ubigint", Decimal(12345678901234567890)),
        ("0.10000000000000::decimal(20, 14)", Decimal("0.1")),
        ("' 1e-6 '", Decimal("0.000001")),
        ("null::integer", None),
    ],
)
def test_a_parquet_number_of_any_type_is_kept_as_it_reads(
    world: World, column: str, expected: Decimal | None
) -> None:
    world.write_parquet(
        "usage_events.parquet",
        f"select 'e' as event_id, 's' as subscription_id, 'm' as meter_id,"
        f" timestamp '2024-01-31' as occurred_at, {column} as quantity",
    )
    world.land()
    assert world.value("select quantity from raw.usage_events") == expected


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("'nan'::double", "not_a_number: quantity is 'nan'"),
        ("'inf'::float", "not_a_number: quantity is 'inf'"),
        ("true", "not_a_number: quantity is 'true'"),
        (
            "0.0000000000001::decimal(20, 14)",
            "too_many_decimals: quantity is '0.00000000000010'; at most 12 are kept",
        ),
        ("1e-13::double", "too_many_decimals: quantity is '1e-13'; at most 12 are kept"),
    ],
)
def test_a_parquet_number_that_is_none_is_rejected(world: World, column: str, reason: str) -> None:
    world.write_parquet(
        "usage_events.parquet",
        f"select 'e' as event_id, 's' as subscription_id, 'm' as meter_id,"
        f" timestamp '2024-01-31' as occurred_at, {column} as quantity",
    )
    world.land()
    assert world.reason() == reason


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("timestamp '2024-01-31 10:00:00'", ("2024-01-31 10:00:00+00", False)),
        ("timestamp_ns '2024-01-31 10:00:00'", ("2024-01-31 10:00:00+00", False)),
        ("timestamp_s '2024-01-31 10:00:00'", ("2024-01-31 10:00:00+00", False)),
        ("timestamptz '2024-01-31 10:00:00+01'", ("2024-01-31 09:00:00+00", False)),
        ("date '2024-01-31'", ("2024-01-31 00:00:00+00", True)),
        ("'2024-01-31'", ("2024-01-31 00:00:00+00", True)),
    ],
)
def test_a_parquet_instant_of_any_type_is_the_same_instant(
    world: World, column: str, expected: tuple[str, bool]
) -> None:
    world.con.execute("set timezone = 'America/New_York'")
    world.write_parquet(
        "usage_events.parquet",
        f"select 'e' as event_id, 's' as subscription_id, 'm' as meter_id, {column} as occurred_at",
    )
    world.land()
    assert world.rows(
        f"select occurred_at = timestamptz '{expected[0]}', is_local_date from raw.usage_events"
    ) == [(True, expected[1])]


@pytest.mark.parametrize(
    "column", ["timestamp 'infinity'", "date '0014-01-01'", "timestamptz '9999-01-01 00:00:00Z'"]
)
def test_a_parquet_instant_out_of_range_is_rejected(world: World, column: str) -> None:
    world.write_parquet(
        "usage_events.parquet",
        f"select 'e' as event_id, 's' as subscription_id, 'm' as meter_id, {column} as occurred_at",
    )
    world.land()
    assert "occurred_at" in world.reason()


@pytest.mark.parametrize(
    "column",
    [
        "{'region': 'eu', 'amount': 2.5}",
        "map {'region': 'eu', 'amount': '2.5'}",
        '\'{"region": "eu", "amount": 2.5}\'',
        '\'{"region": "eu", "amount": 2.5}\'::json',
    ],
)
def test_parquet_properties_may_be_a_struct_a_map_or_text(world: World, column: str) -> None:
    world.write_parquet(
        "usage_events.parquet",
        f"select 'e' as event_id, 's' as subscription_id, 'm' as meter_id,"
        f" date '2024-01-31' as occurred_at, {column} as properties",
    )
    world.land()
    assert world.rows(
        "select properties ->> 'region', properties ->> 'amount' from raw.usage_events"
    ) == [("eu", "2.5")]


def test_a_timestamp_at_midnight_is_a_date_where_a_date_is_wanted(world: World) -> None:
    world.write_parquet(
        "subscriptions.parquet",
        "select 's' as subscription_id, 'a' as account_id, 'p' as plan_id,"
        " timestamp '2024-01-31 00:00:00' as starts_on",
    )
    world.land()
    assert str(world.value("select starts_on from raw.subscriptions")) == "2024-01-31"
