"""The close as a job: one bill date, from landing files to published marts and documents."""

import dagster as dg

from orchestration.alerts import alert_on_failure
from orchestration.defs.billing.hooks import record_failed_step

close_cycle = dg.define_asset_job(
    "close_cycle",
    selection=dg.AssetSelection.all(),
    description="Closes one bill date: lands, builds, checks, issues, publishes, renders.",
    hooks={alert_on_failure, record_failed_step},
)
