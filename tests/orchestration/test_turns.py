"""A date of a backfill waits for the dates before it, and says so; a date by itself waits for none.

Runs as Dagster's storage keeps them, without a close.
"""

from collections.abc import Iterator

import dagster as dg
import pytest
from dagster._core.definitions.assets.graph.asset_graph_subset import AssetGraphSubset
from dagster._core.execution.asset_backfill import AssetBackfillData
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill
from dagster._core.test_utils import create_run_for_test

from orchestration.definitions import defs
from orchestration.defs.billing.turns import OutOfTurn, require_turn
from orchestration.home import Home
from orchestration.instance import open_instance
from orchestration.partitions import bill_dates

Status = dg.DagsterRunStatus


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def _run(
    instance: dg.DagsterInstance, bill_date: str, status: Status, backfill: str | None = "b"
) -> dg.DagsterRun:
    tags = {"dagster/partition": bill_date}
    if backfill:
        tags["dagster/backfill"] = backfill
    run = create_run_for_test(instance, "close_cycle", status=status, tags=tags)
    assert isinstance(run, dg.DagsterRun)
    return run


@pytest.mark.parametrize("status", [Status.FAILURE, Status.CANCELED, Status.NOT_STARTED])
def test_a_date_is_refused_while_one_before_it_is_not_closed(
    instance: dg.DagsterInstance, status: Status
) -> None:
    _run(instance, "2024-01-01", Status.SUCCESS)
    _run(instance, "2024-02-01", status)
    march = _run(instance, "2024-03-01", Status.STARTED)
    with pytest.raises(OutOfTurn) as refused:
        require_turn(instance, march)
    assert refused.value.description is not None
    assert refused.value.description.startswith("2024-03-01 is not closed: 2024-02-01 comes before")


def test_a_date_follows_once_all_before_it_are_closed_at_the_first_try_or_a_later_one(
    instance: dg.DagsterInstance,
) -> None:
    _run(instance, "2024-01-01", Status.FAILURE)
    _run(instance, "2024-01-01", Status.SUCCESS)
    require_turn(instance, _run(instance, "2024-02-01", Status.STARTED))


def test_later_dates_and_other_backfills_hold_up_nothing(instance: dg.DagsterInstance) -> None:
    _run(instance, "2024-03-01", Status.NOT_STARTED)
    _run(instance, "2024-01-01", Status.FAILURE, backfill="another")
    _run(instance, "2024-01-01", Status.FAILURE, backfill=None)
    require_turn(instance, _run(instance, "2024-02-01", Status.STARTED))


def test_a_date_closed_by_itself_waits_for_none(instance: dg.DagsterInstance) -> None:
    _run(instance, "2024-01-01", Status.FAILURE)
    require_turn(instance, _run(instance, "2024-02-01", Status.STARTED, backfill=None))


@pytest.mark.parametrize("is_of_assets", [False, True])
def test_a_date_that_dagster_has_not_queued_yet_is_waited_for_too(
    instance: dg.DagsterInstance, is_of_assets: bool
) -> None:
    """A long backfill is queued some at a time, and one of assets in any order."""
    dates = ["2024-03-01", "2024-02-01"]
    subset = bill_dates.subset_with_partition_keys(dates)
    target = AssetGraphSubset._make([{dg.AssetKey("bill"): subset}, set()])
    instance.add_backfill(
        PartitionBackfill(
            backfill_id="b",
            status=BulkActionStatus.REQUESTED,
            from_failure=False,
            tags={},
            backfill_timestamp=0.0,
            partition_names=None if is_of_assets else dates,
            asset_backfill_data=(
                AssetBackfillData.empty(target, 0.0, instance) if is_of_assets else None
            ),
        )
    )
    with pytest.raises(OutOfTurn, match="2024-02-01 comes before it"):
        require_turn(instance, _run(instance, "2024-03-01", Status.STARTED))
    require_turn(instance, _run(instance, "2024-02-01", Status.STARTED))


@pytest.mark.slow
def test_a_close_out_of_turn_ends_before_any_model_is_built(home: Home) -> None:
    job = defs().resolve_job_def("close_cycle")
    with open_instance(home) as instance:
        _run(instance, "2024-02-01", Status.FAILURE)
        march = job.execute_in_process(
            partition_key="2024-03-01",
            tags={"dagster/backfill": "b"},
            instance=instance,
            raise_on_error=False,
        )
    (failed,) = (event.step_key for event in march.all_events if event.is_step_failure)
    assert failed == "raw__bill_run_request"
    assert [event.step_key for event in march.all_events if event.is_step_start] == [
        "landed_files",
        "raw__bill_run_request",
    ]
