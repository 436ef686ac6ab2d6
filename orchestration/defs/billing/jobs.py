"""The close as a job: one bill date, from landing files to published marts and documents."""

import dagster as dg

close_cycle = dg.define_asset_job(
    "close_cycle",
    selection=dg.AssetSelection.all(),
    description="Closes one bill date: lands, builds, checks, issues, publishes, renders.",
)
