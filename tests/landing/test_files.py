"""Which files are read, which are refused by name, and how their lines are cut."""

import gzip
import json
import os
from pathlib import Path

import pytest

from tests.landing.world import GOOD, World, csv_text, event, jsonl_text

HEADER = "event_id,subscription_id,meter_id,occurred_at,quantity\n"
ROW = ",s1,m1,2024-01-31,1\n"


def lines(*events: str) -> str:
    """A CSV file of those events."""
    return HEADER + "".join(name + ROW for name in events)


def refusal(world: World, path: str) -> str:
    """Land; why that file was refused."""
    (report,) = (file for file in world.land().refused if file.path == path)
    return str(report.reason)


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        ("invoices.csv", b"a\n1\n", "there is no table 'invoices'"),
        ("things/a.csv", b"a\n1\n", "there is no table 'things'"),
        ("landed_files.csv", b"a\n1\n", "there is no table 'landed_files'"),
        ("accounts.xlsx", b"PK", "its format is not known"),
        ("accounts.parquet.gz", b"PAR1", "its format is not known"),
        ("accounts.csv", b"", "it is empty or its first line is"),
        ("accounts.csv", b"\n\n", "it is empty or its first line is"),
        ("accounts.csv", b"plan_id,name\np,x\n", "it has no column account_id, entity_id"),
        ("accounts.csv", os.urandom(5000), "it has no column"),
        ("accounts.csv", csv_text([GOOD["accounts"]]).encode("utf-16"), "UTF-16"),
        ("plans.csv", b"plan_id,name,Name\np,a,b\n", "the column name stands in it twice"),
        ("plans.csv", b'"plan_id,name\np,a\n', "it has no column"),
        (
            "one_time_charges.csv",
            b"item_id,account_id,occurred_on,description,quantity\n",
            "one_time_charges needs amount or charge_id and quantity",
        ),
        ("accounts.jsonl", os.urandom(5000), "no line of it is a JSON object"),
        ("accounts.jsonl", b'[{"account_id": "a"}]\n', "no line of it is a JSON object"),
        ("accounts.parquet", b"", "it is not a whole Parquet file"),
        ("accounts.parquet", b"PAR1" + os.urandom(5000) + b"PAR1", "it is not a whole Parquet"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name_and_the_others_land(
    world: World, path: str, content: bytes, reason: str
) -> None:
    world.write(path, content)
    world.write("usage_events/good.csv", lines("e1"))
    assert reason in refusal(world, path)
    assert world.value("select count(*) from raw.usage_events") == 1
    assert world.rows(
        "select path, row_count, reason is not null from raw.landed_files where status = 'refused'"
    ) == [(path, 0, True)]


@pytest.mark.parametrize("path", ["usage_events.csv.gz", "usage_events.jsonl.gz"])
@pytest.mark.parametrize("kept", [0.0, 0.1, 0.5, 0.99])
def test_a_truncated_gzip_is_refused_and_nothing_of_it_lands(
    world: World, path: str, kept: float
) -> None:
    rows = [event(event_id=os.urandom(8).hex()) for _ in range(2000)]
    text = csv_text(rows) if "csv" in path else jsonl_text(rows)
    data = gzip.compress(text.encode())
    (world.folder / path).write_bytes(data[: int(len(data) * kept) + 5])
    assert "damaged or cut short" in refusal(world, path)
    assert world.value("select count(*) from raw.usage_events") == 0


def test_a_gzip_with_a_flipped_byte_is_refused(world: World) -> None:
    data = bytearray(gzip.compress(lines(*(f"e{n}" for n in range(500))).encode()))
    data[len(data) // 2] ^= 0xFF
    (world.folder / "usage_events.csv.gz").write_bytes(data)
    assert "damaged or cut short" in refusal(world, "usage_events.csv.gz")


@pytest.mark.parametrize("damage", ["truncated", "overwritten"])
def test_a_damaged_parquet_file_is_refused(world: World, damage: str) -> None:
    location = world.write_parquet(
        "usage_events.parquet",
        "select uuid()::varchar as event_id, 's1' as subscription_id, 'm1' as meter_id,"
        " timestamp '2024-01-31' as occurred_at from range(5000)",
    )
    data = location.read_bytes()
    middle = len(data) // 2
    if damage == "truncated":
        location.write_bytes(data[:middle])
    else:
        location.write_bytes(data[:100] + os.urandom(middle) + data[middle + 100 :])
    assert "it is not a whole Parquet file" in refusal(world, "usage_events.parquet")
    assert world.value("select count(*) from raw.usage_events") == 0


def test_a_parquet_column_of_lists_is_refused(world: World) -> None:
    world.write_parquet("plans.parquet", "select 'p' as plan_id, ['a'] as name")
    assert "its column name holds VARCHAR[]" in refusal(world, "plans.parquet")


def test_hidden_files_readmes_and_markers_are_passed_over(world: World) -> None:
    for name in (".hidden", "README.md", "readme", "_SUCCESS", ".git/config", "accounts/.a.csv"):
        world.write(name, "x")
    assert world.land().files == []


def test_links_and_pipes_are_refused_without_being_opened(world: World, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("account_id\nsecret\n")
    (world.folder / "accounts.csv").symlink_to(secret)
    (world.folder / "plans").symlink_to(tmp_path)
    os.mkfifo(world.folder / "meters.csv")
    reasons = {file.path: file.reason for file in world.land().refused}
    assert reasons == {
        "accounts.csv": "it is a link; put the file itself here",
        "meters.csv": "it is not a regular file; remove it",
        "plans": "it is a link; put the file itself here",
    }


def test_a_file_name_that_is_not_utf8_is_refused(world: World) -> None:
    folder = world.folder / "usage_events"
    folder.mkdir()
    (folder / os.fsdecode(b"\xff.csv")).write_text(lines("e1"))
    (report,) = world.land().refused
    assert report.reason == "its name is not valid UTF-8; rename it"


def test_a_missing_landing_folder_is_an_error_that_says_so(world: World) -> None:
    world.folder.rmdir()
    with pytest.raises(FileNotFoundError, match="there is no landing folder"):
        world.land()


@pytest.mark.parametrize(
    "name",
    [
        "x'; drop table raw.usage_events; --.csv",
        'quote".csv',
        "[a-z]*?.csv",
        "été 日本.csv",
        "day=2024-01-31/a.csv",
        "a/b/c/d.CSV",
    ],
)
def test_no_file_name_is_taken_for_anything_but_a_name(world: World, name: str) -> None:
    world.write(f"usage_events/{name}", lines("e1"))
    world.write_parquet(
        f"usage_events/{name.rpartition('.')[0]}.parquet",
        "select 'e2' as event_id, 's1' as subscription_id, 'm1' as meter_id,"
        " timestamp '2024-01-31' as occurred_at",
    )
    report = world.land()
    assert report.refused == []
    assert world.content("usage_events")[0][0] == "e1"
    assert world.value("select count(*) from raw.usage_events") == 2


def test_a_pattern_in_a_name_reads_no_other_file(world: World) -> None:
    for name, key in (("*", "e1"), ("other", "e2")):
        world.write_parquet(
            f"usage_events/{name}.parquet",
            f"select '{key}' as event_id, 's1' as subscription_id, 'm1' as meter_id,"
            " timestamp '2024-01-31' as occurred_at",
        )
    report = world.land()
    assert [file.landed for file in report.files] == [1, 1]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_line_ends_byte_order_mark_and_delimiter_make_no_difference(
    world: World, line_end: str, mark: str, delimiter: str
) -> None:
    text = mark + lines("e1", "e2").replace(",", delimiter).replace("\n", line_end)
    report = world.land_one("usage_events.csv", text)
    assert (report.accepted, report.rejected) == (2, 0)


def test_line_ends_may_be_mixed_and_the_last_one_absent(world: World) -> None:
    report = world.land_one(
        "usage_events.csv", (lines("e1") + "\r\n\n" + "e2" + ROW.strip() + "\r\ne3" + ROW).rstrip()
    )
    assert report.accepted == 3


def test_columns_are_found_in_any_case_and_order_and_others_are_ignored(world: World) -> None:
    world.land_one(
        "usage_events.csv",
        " Meter_ID ,note,EVENT_ID,occurred_at,subscription_id\nm1,hello,e1,2024-01-31,s1\n",
    )
    world.land_one(
        "usage_events/a.jsonl",
        '{"Event_Id ": "e2", "x": 1, "subscription_id": "s1", "METER_ID": "m1",'
        ' "occurred_at": "2024-01-31"}\n',
    )
    assert world.rows("select event_id, meter_id, quantity from raw.usage_events order by all") == [
        ("e1", "m1", None),
        ("e2", "m1", None),
    ]


@pytest.mark.parametrize("path", ["usage_events.csv", "usage_events.jsonl"])
def test_a_file_without_rows_lands_none(world: World, path: str) -> None:
    report = world.land_one(path, HEADER if path.endswith("csv") else "")
    assert (report.landed, report.reason) == (0, None)


def test_a_quoted_value_may_hold_delimiters_quotes_and_line_ends(world: World) -> None:
    name = 'a, "b"\n\n"",\n1,2'
    report = world.land_one("plans.csv", csv_text([{"plan_id": "p", "name": name}] * 3))
    assert report.accepted == 3
    assert world.rows("select distinct name from raw.plans") == [(name,)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("bad,s1", "malformed_line: it has 2 fields, the first line has 5"),
        ("bad,s1,m1,2024-01-31,1,9", "malformed_line: it has 6 fields, the first line has 5"),
        (
            'bad,"s1,m1,2024-01-31,1',
            "malformed_line: a quote in it is not closed or stands inside a field",
        ),
        (
            'bad,"s"1,m1,2024-01-31,1',
            "malformed_line: a quote in it is not closed or stands inside a field",
        ),
    ],
)
def test_a_malformed_line_is_one_rejected_row_and_spoils_no_other(
    world: World, line: str, reason: str
) -> None:
    spanning = 'e3,s1,"m\n\n1",2024-01-31,1\n'
    text = lines("e1") + line + "\n" + "e2" + ROW + spanning + spanning.replace("e3", "e4")
    report = world.land_one("usage_events.csv", text)
    assert (report.landed, report.accepted, report.rejected) == (5, 4, 1)
    assert world.reason() == reason
    assert world.rows("select event_id, source_row from raw.usage_events order by all") == [
        ("e1", 1),
        ("e2", 3),
        ("e3", 4),
        ("e4", 5),
    ]
    assert world.rows("select source_row, row_content from raw.rejected_rows") == [
        (2, json.dumps({"line": line}, separators=(",", ":")))
    ]


def test_an_inch_mark_inside_a_field_is_a_character(world: World) -> None:
    world.land_one("plans.csv", 'plan_id,name\np,19" rack\nq,20" rack\n')
    assert world.rows("select name from raw.plans order by all") == [('19" rack',), ('20" rack',)]


def test_a_line_that_is_not_utf8_is_rejected_alone(world: World) -> None:
    data = b"plan_id,name\np,\xe9t\xe9\nq,ok\n"
    report = world.land_one("plans.csv", data)
    assert (report.accepted, report.rejected) == (1, 1)
    assert world.reason() == "not_utf8: the line is not valid UTF-8"


def test_a_line_of_jsonl_that_is_no_object_is_rejected_alone(world: World) -> None:
    text = jsonl_text([event()]) + "\n{broken\n[1]\n" + jsonl_text([event(event_id="e2")])
    report = world.land_one("usage_events.jsonl", text)
    assert (report.landed, report.accepted, report.rejected) == (4, 2, 2)
    assert world.rows("select source_row, reason from raw.rejected_rows order by all") == [
        (3, "malformed_line: it is not a JSON object"),
        (4, "malformed_line: it is not a JSON object"),
    ]


def test_no_content_of_a_file_is_said_while_landing(world: World) -> None:
    secret = {**GOOD["accounts"], "name": "Jeanne Martin", "country_code": "Jeanne"}
    world.land_one("accounts.csv", csv_text([secret]))
    assert not any("Jeanne" in sentence for sentence in world.said)
