"""The code location as Dagster loads it: its graph, its jobs, its schedule."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.sensor_definition import SensorExecutionData

from orchestration.catalogue import freshness
from orchestration.definitions import defs
from orchestration.defs.billing.manifest import read_manifest
from orchestration.errors import ReleveError
from orchestration.home import Home

SNAPSHOT = Path(__file__).with_name("asset_graph.txt")


@pytest.fixture
def definitions(home: Home) -> dg.Definitions:
    assert home.root.exists()
    return defs()


def graph_text(definitions: dg.Definitions) -> str:
    """Each asset with its group, and what it depends on."""
    graph = definitions.resolve_asset_graph()
    blocks = []
    for key in sorted(graph.get_all_asset_keys()):
        node = graph.get(key)
        lines = [f"{key.to_user_string()} ({node.group_name})"]
        lines += [f"    < {parent.to_user_string()}" for parent in sorted(node.parent_keys)]
        blocks.append("\n".join(lines))
    return "\n".join(blocks) + "\n"


def test_the_asset_graph_is_the_one_on_record(definitions: dg.Definitions) -> None:
    assert graph_text(definitions) == SNAPSHOT.read_text(encoding="utf-8"), (
        "the graph changed; if it should have, run: python -m tests.orchestration.test_definitions"
    )


def test_every_dbt_test_of_a_model_is_the_check_of_one_asset(
    home: Home, definitions: dg.Definitions
) -> None:
    tests = [
        node["name"]
        for unique_id, node in read_manifest(home)["nodes"].items()
        if unique_id.startswith("test.") and node["depends_on"]["nodes"]
    ]
    checks = [key.name for key in definitions.resolve_asset_graph().asset_check_keys]
    assert sorted(set(tests) - set(checks)) == []
    assert len(tests) == len(set(tests))


def test_every_asset_says_what_it_is_who_answers_for_it_and_its_columns(
    definitions: dg.Definitions,
) -> None:
    tables = {"raw", "reference", "staging", "intermediate", "ledger", "issued", "marts"}
    for node in definitions.resolve_asset_graph().asset_nodes:
        assert node.description, node.key
        assert node.group_name != "default", node.key
        assert all(owner.startswith("team:") for owner in node.owners), node.key
        assert node.owners, node.key
        assert node.kinds, node.key
        if node.key.path[0] in tables:
            schema = node.metadata["dagster/column_schema"]
            assert isinstance(schema, dg.TableSchema)
            assert schema.columns, node.key


def test_a_check_of_the_drafts_blocks_and_one_of_findings_does_not(
    definitions: dg.Definitions,
) -> None:
    graph = definitions.resolve_asset_graph()
    blocking = {key.name: graph.get_check_spec(key).blocking for key in graph.asset_check_keys}
    for name in (
        "assert_drafted_amounts_balance",
        "assert_no_payer_is_closed_with_an_item_that_has_no_price",
        "assert_no_payer_is_closed_with_something_on_hold",
        "hash_chain_verifies",
    ):
        assert blocking[name], name
    assert {name for name, is_blocking in blocking.items() if not is_blocking} == {
        "documents_lack_nothing",
        "documents_match_ledger",
        "every_file_was_read",
        "every_row_was_taken",
        "marts_file_holds_every_mart",
        "no_row_waits",
        "nobody_is_held",
        "nothing_is_unlike_its_history",
    }


def test_only_what_may_be_done_twice_is_tried_again(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("close_cycle")
    retried = {
        node.name
        for node in job.nodes
        if isinstance(node.definition, dg.OpDefinition) and node.definition.retry_policy
    }
    assert retried == {"published_marts", "invoice_documents"}


@pytest.mark.parametrize(
    ("hours", "window"), [("", timedelta(days=32)), ("26", timedelta(hours=26))]
)
def test_a_close_is_overdue_after_the_hours_that_are_named(
    home: Home, monkeypatch: pytest.MonkeyPatch, hours: str, window: timedelta
) -> None:
    assert home.root.exists()
    monkeypatch.setenv("RELEVE_FRESH_HOURS", hours)
    policies = {
        node.key.to_user_string(): node.freshness_policy
        for node in defs().resolve_asset_graph().asset_nodes
        if node.freshness_policy
    }
    assert policies == dict.fromkeys(
        ("ledger/documents", "published_marts"),
        dg.FreshnessPolicy.time_window(fail_window=window),
    )


def test_hours_that_are_no_number_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELEVE_FRESH_HOURS", "a day")
    with pytest.raises(ReleveError, match="RELEVE_FRESH_HOURS is 'a day'"):
        freshness()


def test_every_job_runs_in_one_process(definitions: dg.Definitions) -> None:
    for name in ("close_cycle", "land_files", "render_documents"):
        assert definitions.resolve_job_def(name).executor_def is dg.in_process_executor


def test_the_close_covers_the_whole_flow(definitions: dg.Definitions) -> None:
    selected = definitions.resolve_job_def("close_cycle").asset_layer.executable_asset_keys
    made_here = definitions.resolve_asset_graph().materializable_asset_keys
    assert set(selected) == set(made_here)


@pytest.mark.parametrize(
    ("ticks_at", "bill_date"),
    [
        (datetime(2024, 1, 31, 23, 15, tzinfo=UTC), "2024-02-01"),
        (datetime(2024, 6, 30, 22, 15, tzinfo=UTC), "2024-07-01"),
    ],
)
def test_the_schedule_closes_the_local_day_that_begins(
    definitions: dg.Definitions, ticks_at: datetime, bill_date: str
) -> None:
    schedule = definitions.resolve_schedule_def("daily_close")
    context = dg.build_schedule_context(
        scheduled_execution_time=ticks_at, repository_def=definitions.get_repository_def()
    )
    requested = schedule.evaluate_tick(context).run_requests
    assert requested is not None
    assert [request.partition_key for request in requested] == [bill_date]


def test_the_schedule_follows_the_zone_it_is_given(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert home.root.exists()
    monkeypatch.setenv("RELEVE_TIMEZONE", "America/Montreal")
    schedule = defs().resolve_schedule_def("daily_close")
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert schedule.execution_timezone == "America/Montreal"


def test_the_sensor_lands_what_lies_still_in_the_folder_once(
    home: Home, definitions: dg.Definitions
) -> None:
    def tick() -> SensorExecutionData:
        context = dg.build_sensor_context(
            cursor=cursors[-1], repository_def=definitions.get_repository_def()
        )
        data = sensor.evaluate_tick(context)
        cursors.append(data.cursor)
        return data

    sensor = definitions.resolve_sensor_def("landing_folder")
    cursors: list[str | None] = [None]
    assert tick().skip_message == "The landing folder is empty."

    file = home.landing / "prices" / "march.csv"
    file.parent.mkdir()
    file.write_text("charge_id\n")
    assert "it may be unfinished" in (tick().skip_message or "")
    os.utime(file, (0, 0))
    (request,) = tick().run_requests or []
    assert request.job_name in {None, "land_files"}
    assert tick().skip_message == "Nothing in the landing folder has changed."

    file.write_text("charge_id,currency\n")
    os.utime(file, (1, 1))
    (again,) = tick().run_requests or []
    assert again.run_key != request.run_key


if __name__ == "__main__":
    SNAPSHOT.write_text(graph_text(defs()), encoding="utf-8")
