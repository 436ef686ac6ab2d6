"""dbt in this process: runs part of the project on the warehouse and says how each node went.

Not here: which nodes, and what Dagster makes of them (assets.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.database import open_warehouse
from orchestration.defs.billing.manifest import folders, load_manifest, warehouse_named
from orchestration.home import Home

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

_SLOW_SECONDS = 5.0
_CHOSEN = "chosen"


@dataclass(frozen=True)
class NodeResult:
    """How one model, seed or test went. `failures` counts the rows that a test found."""

    unique_id: str
    name: str
    status: str
    message: str
    failures: int
    seconds: float

    @property
    def is_test(self) -> bool:
        """Whether this is a test, so an asset check."""
        return self.unique_id.startswith("test.")

    @property
    def is_error(self) -> bool:
        """Whether what depends on it must not run."""
        return self.status in {"error", "fail", "runtime error"}


class DbtBuildError(RuntimeError):
    """dbt could not start: a bad selection, or a file that it cannot open."""


class Dbt(dg.ConfigurableResource["Dbt"]):
    """The dbt project, built in process: no second parse, and no second process on the file."""

    def build(
        self, home: Home, nodes: Sequence[str], report: Callable[[str], None]
    ) -> list[NodeResult]:
        """Build exactly `nodes` (names), in dependency order; what became of each.

        Needs the warehouse held. What stands behind a failed node is skipped.
        """
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.artifacts.schemas.run import RunExecutionResult
        from dbt.cli.main import dbtRunner
        from dbt_common.events.base_types import EventMsg

        from orchestration.defs.billing.known_sql import known_sql
        from orchestration.defs.billing.lean_dbt import lean_dbt, write_sql

        def report_slow(event: EventMsg) -> None:
            if event.info.name == "LogModelResult" and event.data.execution_time > _SLOW_SECONDS:
                report(f"{event.data.node_info.node_name} took {event.data.execution_time:.0f} s")

        report(f"dbt builds {len(nodes)} models and tests")
        manifest = load_manifest(home)
        _mark(manifest, set(nodes))
        runner = dbtRunner(manifest=manifest, callbacks=[report_slow])
        # The warehouse is open and set here, and dbt joins it: an encrypted one it could not open.
        with open_warehouse(home), warehouse_named(home):
            try:
                with lean_dbt(), known_sql(home, manifest):
                    result = runner.invoke(
                        [
                            *("--quiet", "--log-level=none", "build", "--indirect-selection=empty"),
                            *("--no-write-json", *folders(home), "--target=joined"),
                            f"--select=tag:{_CHOSEN}",
                        ]
                    )
            finally:
                # dbt keeps the file open until it is told.
                DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
        if result.exception is not None and not isinstance(result.exception, Exception):
            # dbt hands over what interrupted it, as if it were an error like others.
            raise result.exception
        if not isinstance(result.result, RunExecutionResult):
            raise DbtBuildError(f"dbt could not build: {result.exception!r}")
        results = [
            NodeResult(
                unique_id=run.node.unique_id,
                name=run.node.name,
                status=str(run.status),
                message=str(run.message or ""),
                failures=run.failures or 0,
                seconds=run.execution_time,
            )
            for run in result.result.results
        ]
        for run, said in zip(result.result.results, results, strict=True):
            if said.is_error:
                write_sql(run.node, home.dbt_target)
        return results


def _mark(manifest: "Manifest", names: set[str]) -> None:
    """Tag the nodes of these names, and no others: dbt compares each criterion with each node.

    Three hundred names take it seconds, one tag a hundredth.
    """
    for node in manifest.nodes.values():
        kept = [tag for tag in node.tags if tag != _CHOSEN]
        node.tags = [*kept, _CHOSEN] if node.name in names else kept
