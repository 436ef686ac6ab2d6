"""The code location as Dagster loads it: its graph, its jobs, its schedule."""

import os
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.sensor_definition import SensorExecutionData

from orchestration.definitions import defs
from orchestration.defs.billing.manifest import read_manifest
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
