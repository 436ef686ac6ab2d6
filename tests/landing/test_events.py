"""Events land once, references as often as they are sent, and files once each."""

import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.landing.world import GOOD, World, csv_text, event, jsonl_text


def test_the_same_file_loads_nothing_the_second_time(world: World) -> None:
    world.land_one("usage_events.csv", csv_text([event()]))
    again = world.land()
    assert (again.files, again.known_files) == ([], 1)
    assert world.value("select count(*) from raw.landed_files") == 1


def test_the_same_content_under_another_name_loads_nothing(world: World) -> None:
    text = csv_text([event()])
    world.write("usage_events.csv", text)
    world.write("usage_events/copy.csv", text)
    report = world.land()
    assert (len(report.files), report.known_files) == (1, 1)


def test_the_same_content_for_another_table_is_another_file(world: World) -> None:
    text = "plan_id,meter_id,name,aggregation\np,m,Name,sum\n"
    world.write("plans.csv", text)
    world.write("meters.csv", text)
    assert [file.accepted for file in world.land().files] == [1, 1]


def test_a_file_that_changed_lands_again(world: World) -> None:
    world.land_one("usage_events.csv", csv_text([event()]))
    report = world.land_one("usage_events.csv", csv_text([event(), event(event_id="e2")]))
    assert (report.accepted, report.duplicate) == (1, 1)
    assert world.rows("select landing_id, row_count, accepted_count from raw.landed_files") == [
        (1, 1, 1),
        (2, 2, 1),
    ]


def test_a_refused_file_is_recorded_once_reported_each_time_and_retried_when_mended(
    world: World,
) -> None:
    world.write("plans.csv", "plan_id\np\n")
    first = world.land().refused
    assert world.land().refused == first != []
    assert world.value("select count(*) from raw.landed_files") == 1
    report = world.land_one("plans.csv", "plan_id,name\np,Plan\n")
    assert (report.accepted, report.reason) == (1, None)


def test_an_event_seen_twice_in_one_file_is_a_duplicate(world: World) -> None:
    report = world.land_one("usage_events.csv", csv_text([event(), event()]))
    assert (report.landed, report.accepted, report.duplicate) == (2, 1, 1)
    assert world.value("select source_row from raw.usage_events") == 1


def test_an_event_seen_in_two_files_is_a_duplicate(world: World) -> None:
    world.write("usage_events/a.csv", csv_text([event()]))
    world.write("usage_events/b.jsonl", jsonl_text([event(), event(event_id="e2")]))
    assert [file.duplicate for file in world.land().files] == [0, 1]


@pytest.mark.parametrize(
    "same",
    [
        {"quantity": "1.50"},
        {"occurred_at": "2024-02-01T00:30:00+01:00"},
        {"event_id": " e1 "},
        {"withdrawn": "false"},
        {"properties": '{ "b": 2.10, "a": "x" }'},
    ],
)
def test_the_same_event_written_otherwise_is_a_duplicate(
    world: World, same: dict[str, str]
) -> None:
    properties = '{"a":"x","b":2.1}' if "properties" in same else ""
    world.write("usage_events/a.csv", csv_text([event(properties=properties)]))
    world.write("usage_events/b.csv", csv_text([event(**{"properties": properties, **same})]))
    assert [file.duplicate for file in world.land().files] == [0, 1]


def test_a_missing_value_and_its_default_are_the_same_content(world: World) -> None:
    report = world.land_one("usage_events.csv", csv_text([event(quantity=""), event(quantity="1")]))
    assert (report.accepted, report.duplicate) == (1, 1)


@pytest.mark.parametrize(
    "other",
    [
        {"quantity": "2"},
        {"quantity": ""},
        {"meter_id": "m2"},
        {"occurred_at": "2024-01-31T23:30:01Z"},
        {"properties": '{"a":1}'},
    ],
)
def test_the_same_key_with_other_content_is_a_conflict_and_the_first_wins(
    world: World, other: dict[str, str]
) -> None:
    world.land_one("usage_events/a.csv", csv_text([event()]))
    report = world.land_one("usage_events/b.csv", csv_text([event(**other)]))
    assert (report.accepted, report.duplicate, report.rejected) == (0, 0, 1)
    assert world.reason() == (
        "conflict: event_id is 'e1', which landed with other content in usage_events/a.csv, row 1"
    )
    assert str(world.value("select quantity from raw.usage_events")) == "1.500000000000"


def test_a_conflict_within_a_file_names_the_earlier_row(world: World) -> None:
    rows = [event(event_id="e0"), event(), event(quantity="2"), event()]
    report = world.land_one("usage_events.csv", csv_text(rows))
    assert (report.accepted, report.duplicate, report.rejected) == (2, 1, 1)
    assert world.reason() == (
        "conflict: event_id is 'e1', which landed with other content in this file, row 2"
    )


def test_a_rejected_row_does_not_keep_its_key_from_a_good_one(world: World) -> None:
    report = world.land_one("usage_events.csv", csv_text([event(quantity="NaN"), event()]))
    assert (report.accepted, report.duplicate, report.rejected) == (1, 0, 1)


def test_a_bare_date_and_its_utc_midnight_are_not_the_same_content(world: World) -> None:
    rows = [event(occurred_at="2024-01-31"), event(occurred_at="2024-01-31T00:00:00Z")]
    assert world.land_one("usage_events.csv", csv_text(rows)).rejected == 1


@pytest.mark.parametrize("first", ["event", "withdrawal"])
def test_a_withdrawal_is_a_row_of_its_own_whenever_it_lands(world: World, first: str) -> None:
    contents = {
        "event": csv_text([event()]),
        "withdrawal": "event_id,withdrawn\ne1,true\n",
    }
    second = "withdrawal" if first == "event" else "event"
    for place, name in enumerate((first, second)):
        report = world.land_one(f"usage_events/{place}.csv", contents[name])
        assert (report.accepted, report.duplicate, report.rejected) == (1, 0, 0)
    assert world.rows(
        "select event_id, subscription_id, withdrawn from raw.usage_events order by withdrawn"
    ) == [("e1", "s1", False), ("e1", None, True)]


def test_a_withdrawal_needs_only_its_key_and_a_second_one_is_a_duplicate(world: World) -> None:
    rows = [
        event(withdrawn="true", quantity="NaN", occurred_at="", meter_id="other"),
        event(withdrawn="1"),
        {"event_id": "", "withdrawn": "true"},
        event(event_id="e2", occurred_at="", withdrawn="no"),
    ]
    report = world.land_one("usage_events.csv", csv_text(rows))
    assert (report.accepted, report.duplicate, report.rejected) == (1, 1, 2)
    assert world.rows("select reason from raw.rejected_rows order by source_row") == [
        ("missing: event_id is required",),
        ("missing: occurred_at is required",),
    ]


@pytest.mark.parametrize(
    "table",
    ["subscription_changes", "one_time_charges", "prepaid_credits", "payments", "usage_events"],
)
def test_every_event_table_deduplicates_and_takes_withdrawals(world: World, table: str) -> None:
    good = GOOD[table]
    key = next(iter(good))
    report = world.land_one(
        f"{table}.jsonl",
        jsonl_text(
            [good, good, {key: good[key], "withdrawn": True}, {key: "z", "withdrawn": True}]
        ),
    )
    assert (report.accepted, report.duplicate) == (3, 1)


def test_every_valid_row_of_a_reference_table_is_kept(world: World) -> None:
    row = GOOD["plans"]
    world.land_one("plans/a.csv", csv_text([row, {**row, "name": "Other"}, row]))
    report = world.land_one(
        "plans/b.csv", csv_text([{**row, "updated_at": "2024-01-01T00:00:00Z"}])
    )
    assert report.accepted == 1
    assert world.rows("select name, landing_id, source_row from raw.plans order by 2, 3") == [
        ("Plan", 1, 1),
        ("Other", 1, 2),
        ("Plan", 1, 3),
        ("Plan", 2, 1),
    ]


@given(
    order=st.permutations(range(8)),
    cuts=st.sets(st.integers(min_value=1, max_value=7), max_size=3),
    formats=st.lists(st.sampled_from(["csv", "jsonl", "csv.gz"]), min_size=4, max_size=4),
)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_order_and_cut_of_the_files_do_not_matter(
    world: World, order: list[int], cuts: set[int], formats: list[str]
) -> None:
    rows = [
        event(event_id="e1"),
        event(event_id="e1"),
        event(event_id="e2", quantity="NaN"),
        event(event_id="e3", properties='{"a":1}'),
        {"event_id": "e3", "withdrawn": "true"},
        {"event_id": "e3", "withdrawn": "true"},
        event(event_id="e4", occurred_at="2024-01-31"),
        event(event_id=""),
    ]
    world.con.execute("drop schema if exists raw cascade")
    for path in world.folder.rglob("*.*"):
        path.unlink()
    # A column of no table keeps two files from being the same file.
    shuffled = [{**rows[place], "note": str(place)} for place in order]
    starts = [0, *sorted(cuts)]
    for start, end, ending in zip(starts, [*sorted(cuts), len(rows)], formats, strict=False):
        part = shuffled[start:end]
        # A CSV file of withdrawals alone has no other columns, which is allowed.
        text = jsonl_text(part) if ending == "jsonl" else csv_text(part)
        world.write(f"usage_events/{start}.{ending}", text)
    report = world.land()
    (table,) = report.tables
    assert (table.landed, table.accepted, table.duplicate, table.rejected) == (8, 4, 2, 2)
    assert [(row[0], row[-2]) for row in world.content("usage_events")] == [
        ("e1", False),
        ("e3", False),
        ("e3", True),
        ("e4", False),
    ]
    assert report.refused == []


def test_half_a_million_events_land_each_once(world: World) -> None:
    query = """
        select
            'e' || number % 400000 as event_id,
            's' || number % 400000 % 97 as subscription_id,
            'm' as meter_id,
            timestamptz '2024-01-01 00:00:00+00' + to_seconds(number % 400000) as occurred_at,
            case when number = 450000 then '9' else '1' end as quantity
        from range(500000) as events(number)
    """
    world.write_parquet("usage_events/a.parquet", query)
    (world.folder / "usage_events").mkdir(exist_ok=True)
    duckdb.sql(query).write_csv(str(world.folder / "usage_events/b.csv"))
    first, second = world.land().files
    assert (first.landed, first.accepted, first.duplicate, first.rejected) == (
        500_000,
        400_000,
        99_999,
        1,
    )
    assert (second.landed, second.accepted, second.duplicate, second.rejected) == (
        500_000,
        0,
        499_999,
        1,
    )
    assert world.rows(
        "select count(distinct event_id), sum(quantity), max(source_row) from raw.usage_events"
    ) == [(400_000, 400_000, 400_000)]


def test_a_landing_that_is_killed_leaves_each_file_whole_or_not_there(tmp_path: Path) -> None:
    folder = tmp_path / "landing/usage_events"
    folder.mkdir(parents=True)
    for part in range(6):
        duckdb.sql(
            f"select 'e{part}-' || range as event_id, 's' as subscription_id, 'm' as meter_id,"
            " date '2024-01-31' as occurred_at from range(100000)"
        ).write_parquet(str(folder / f"{part}.parquet"))
    warehouse = tmp_path / "warehouse.duckdb"
    script = (
        "import duckdb, pathlib, sys\n"
        "from orchestration.defs.landing.load import land\n"
        "con = duckdb.connect(sys.argv[1])\n"
        "land(con, pathlib.Path(sys.argv[2]), lambda said: print(said, flush=True))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(warehouse), str(folder.parent)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.05)
        process.kill()
    with duckdb.connect(str(warehouse)) as con:
        before = con.execute("select count(*) from raw.landed_files").fetchall()[0][0]
        assert con.execute("select count(*) from raw.usage_events").fetchall() == [
            (before * 100_000,)
        ]
        World(folder.parent, con).land()
        assert con.execute(
            "select count(*), count(distinct event_id) from raw.usage_events"
        ).fetchall() == [(600_000, 600_000)]
