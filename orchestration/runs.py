"""A Dagster job run in this process, and what came of it.

Not here: what the jobs do, and how a person is told (reports.py).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import dagster as dg
from dagster_shared.error import SerializableErrorInfo

from orchestration.advice import advised
from orchestration.home import Home
from orchestration.instance import open_instance

_INTERRUPTIONS = {"DagsterExecutionInterruptedError", "KeyboardInterrupt"}
# So that Dagster's pages list a run of the command line with its job's other runs.
_SHOWN_WITH_ITS_JOB = {".dagster/repository": "__repository__@releve"}


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended: what failed, in words, and each asset's metadata by key."""

    run_id: str
    failures: tuple[str, ...]
    metadata: Mapping[str, Mapping[str, Any]]

    @property
    def is_success(self) -> bool:
        """Whether every step ended well."""
        return not self.failures


def run_job(
    home: Home,
    job_name: str,
    *,
    partition_key: str | None = None,
    config: Mapping[str, Any] | None = None,
) -> RunOutcome:
    """Run a job under the home's Dagster instance, where its pages show it like any other.

    `config` is the run config of the job's ops, by name. Raises KeyboardInterrupt when a signal
    stopped the run; Dagster has taken it for a failure by then.
    """
    from orchestration.definitions import defs

    home.prepare()
    run_config = {"ops": dict(config or {}), "loggers": {"progress": {}}}
    job = defs().resolve_job_def(job_name)
    with open_instance(home) as instance:
        result = job.execute_in_process(
            run_config=run_config,
            partition_key=partition_key,
            instance=instance,
            tags=_SHOWN_WITH_ITS_JOB,
            raise_on_error=False,
        )
    if any(_is_interruption(event) for event in result.all_events):
        raise KeyboardInterrupt
    said = tuple(_step_failures(result)) or tuple(_run_failures(result))
    failures = tuple(advised(failure, home) for failure in said)
    if not result.success and not failures:
        failures = (f"run {result.run_id} failed; its page in Dagster says where",)
    return RunOutcome(result.run_id, failures, _metadata(result))


def _is_interruption(event: dg.DagsterEvent) -> bool:
    if event.is_step_failure:
        error = event.step_failure_data.error
    elif event.event_type == dg.DagsterEventType.RUN_FAILURE:
        error = event.job_failure_data.error
    else:
        return False
    while error is not None and error.cls_name not in _INTERRUPTIONS:
        error = error.cause
    return error is not None


def _step_failures(result: dg.ExecuteInProcessResult) -> Iterator[str]:
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data
            if failure.user_failure_data and failure.user_failure_data.description:
                yield failure.user_failure_data.description
            elif failure.error:
                yield _message(failure.error)


def _run_failures(result: dg.ExecuteInProcessResult) -> Iterator[str]:
    """What went wrong before the first step."""
    for event in result.all_events:
        if event.event_type == dg.DagsterEventType.RUN_FAILURE:
            error = event.job_failure_data.error
            if error:
                yield _message(error)


def _message(error: SerializableErrorInfo) -> str:
    """What was raised, in words; our own errors are all words."""
    said = (error.cause or error).message.strip()
    return re.sub(r"^orchestration(\.\w+)+: ", "", said)


def _metadata(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for event in result.all_events:
        if event.is_step_materialization:
            materialization = event.step_materialization_data.materialization
            found["/".join(materialization.asset_key.path)] = {
                name: value.value for name, value in materialization.metadata.items()
            }
    return found
