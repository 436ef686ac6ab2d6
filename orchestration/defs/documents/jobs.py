"""Documents again from the ledger, without a close."""

import dagster as dg

from orchestration.alerts import alert_on_failure

render_documents = dg.define_asset_job(
    "render_documents",
    selection=dg.AssetSelection.assets("invoice_documents"),
    description="Makes missing files; with `read`, altered ones too; with `again`, all anew.",
    hooks={alert_on_failure},
)
