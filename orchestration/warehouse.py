"""The warehouse as a Dagster resource: one run at a time, one file.

What is written there belongs to the assets.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import dagster as dg
import duckdb

from orchestration.database import is_alive, open_warehouse, warehouse_lock
from orchestration.home import Home

PROCESS_TAG = "releve/pid"


class Warehouse(dg.ConfigurableResource["Warehouse"]):
    """The home's warehouse, held by a run from its first step to its last.

    It stays open for the run, so that what one step read is still in memory
    for the next; assets and dbt connect to it in the same process.
    """

    @property
    def home(self) -> Home:
        """The paths of this run's state."""
        return Home.from_environment()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Warehouse"]:
        """Wait for other runs to finish, then hold the warehouse."""
        home = self.home.prepare()
        report = context.log.info if context.log else print
        run_id = context.run.run_id if context.run else None
        with warehouse_lock(home, f"run {run_id}", report), open_warehouse(home):
            if run_id and context.instance:
                _fail_dead_runs(context.instance, run_id)
            yield self

    def connect(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """The warehouse, open for writing until the block ends."""
        return open_warehouse(self.home)


def _fail_dead_runs(instance: dg.DagsterInstance, run_id: str) -> None:
    """Record what became of runs whose process was killed.

    Only the lock's holder looks, so that no two do at once. A started run
    without a process would hold up Dagster's queue.
    """
    instance.add_run_tags(run_id, {PROCESS_TAG: str(os.getpid())})
    started = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])
    for run in instance.get_runs(filters=started):
        process = run.tags.get(PROCESS_TAG)
        if run.run_id == run_id or process is None or is_alive(int(process)):
            continue
        instance.report_run_failed(
            run,
            f"Process {process} is gone: it was killed. What it had committed "
            "stays; close the date again to finish it.",
        )
