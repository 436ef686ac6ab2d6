"""The schedule as Dagster's daemon ticks it: at its time, once a day, a run in the queue."""

import logging
from datetime import UTC, datetime

import dagster as dg
import pytest
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.scheduler.instigation import TickStatus
from dagster._core.test_utils import (
    create_test_daemon_workspace_context,
    freeze_time,
)
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from dagster._scheduler.scheduler import launch_scheduled_runs

from orchestration.home import Home

QUARTER_PAST_MIDNIGHT = datetime(2024, 1, 31, 23, 15, tzinfo=UTC)  # in Paris, on 1 February
JUST_BEFORE = datetime(2024, 1, 31, 23, 14, tzinfo=UTC)
JUST_AFTER = datetime(2024, 1, 31, 23, 16, tzinfo=UTC)
LATER = datetime(2024, 2, 1, 12, 0, tzinfo=UTC)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Property `ScheduleDefinition.environment_vars`")
def test_the_daemon_queues_the_close_of_the_local_day_once(home: Home) -> None:
    origin = InProcessCodeLocationOrigin(
        LoadableTargetOrigin(module_name="orchestration.definitions"), location_name="releve"
    )
    with (
        dg.DagsterInstance.from_config(str(home.dagster)) as instance,
        create_test_daemon_workspace_context(
            InProcessWorkspaceLoadTarget(origin), instance
        ) as workspace,
    ):

        def tick(now: datetime) -> None:
            with freeze_time(now):
                list(launch_scheduled_runs(workspace, logging.getLogger("tests"), now, {}))

        location = workspace.create_request_context().get_code_location("releve")
        schedule = location.get_repository("__repository__").get_schedule("daily_close")
        tick(JUST_BEFORE)
        assert instance.get_runs() == []  # It is off until a person switches it on.
        with freeze_time(JUST_BEFORE):
            instance.start_schedule(schedule)
        for now in (JUST_BEFORE, JUST_AFTER, LATER):
            tick(now)
        (run,) = instance.get_runs()
        assert run.job_name == "close_cycle"
        assert run.status is dg.DagsterRunStatus.QUEUED
        assert run.tags["dagster/partition"] == "2024-02-01"
        (ticked,) = instance.get_ticks(schedule.get_remote_origin_id(), schedule.selector_id)
        assert ticked.status is TickStatus.SUCCESS
        assert ticked.timestamp == QUARTER_PAST_MIDNIGHT.timestamp()
        assert ticked.run_ids == [run.run_id]
