"""Closes one bill date as `releve close` does, without its documents.

    RELEVE_HOME=... python -m tests.control_totals.closing DATE

Thirty thousand lines on paper take many times as long as the close itself, and
say nothing that the published tables do not.
"""

import sys

import dagster as dg

from orchestration.definitions import defs
from orchestration.home import Home

DOCUMENTS = dg.AssetKey("invoice_documents")


def close(bill_date: str) -> None:
    """Runs the close's own job on everything but the documents."""
    home = Home.from_environment().prepare()
    job = defs().resolve_job_def("close_cycle")
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        job.execute_in_process(
            run_config={"loggers": {"progress": {}}},
            partition_key=bill_date,
            asset_selection=[
                key for key in job.asset_layer.executable_asset_keys if key != DOCUMENTS
            ],
            instance=instance,
        )


if __name__ == "__main__":
    close(sys.argv[1])
