"""The close as a job: one bill date, from landing files to published marts and documents."""

import dagster as dg

from orchestration.partitions import bill_dates

close_cycle = dg.define_asset_job(
    "close_cycle",
    selection=dg.AssetSelection.all(),
    partitions_def=bill_dates,
    description="Closes one bill date: lands, builds, checks, issues, publishes, renders.",
)
