"""Landing by itself: new files into the raw tables, nothing billed."""

import dagster as dg

from orchestration.alerts import alert_on_failure
from orchestration.defs.landing.assets import landed_files

land_files = dg.define_asset_job(
    "land_files",
    selection=dg.AssetSelection.assets(landed_files),
    description="Loads the new files of the landing folder.",
    hooks={alert_on_failure},
)
