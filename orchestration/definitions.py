"""Everything that Dagster knows of Relevé, assembled from the domains.

Not here: any asset, job or schedule of its own.
"""

import os

import dagster as dg

from orchestration.alerts import alert_on_run_failure
from orchestration.catalogue import freshness
from orchestration.defs.billing import assets as billing_assets
from orchestration.defs.billing.checks import hash_chains
from orchestration.defs.billing.jobs import close_cycle
from orchestration.defs.billing.lineage import read_lineage
from orchestration.defs.billing.manifest import read_manifest
from orchestration.defs.billing.resources import Dbt
from orchestration.defs.billing.schedules import build_daily_close
from orchestration.defs.documents.assets import invoice_documents
from orchestration.defs.documents.checks import documents_match_ledger
from orchestration.defs.documents.jobs import render_documents
from orchestration.defs.landing.assets import landed_files
from orchestration.defs.landing.jobs import land_files
from orchestration.defs.landing.sensors import landing_folder
from orchestration.defs.publishing.assets import build_published_marts
from orchestration.defs.publishing.checks import findings, marts_file_holds_every_mart
from orchestration.defs.publishing.marts_file import personal_columns
from orchestration.home import Home
from orchestration.progress import progress
from orchestration.warehouse import Warehouse

_DEFAULT_TIMEZONE = "Europe/Paris"


@dg.definitions
def defs() -> dg.Definitions:
    """The code location, for the home and the time zone that the environment names now."""
    home = Home.from_environment()
    manifest = read_manifest(home)
    drafts, marts = billing_assets.build_dbt_assets(manifest, read_lineage(home))
    timezone = os.environ.get("RELEVE_TIMEZONE") or _DEFAULT_TIMEZONE
    return dg.Definitions(
        assets=[
            landed_files,
            billing_assets.bill_run_request,
            *billing_assets.ledger_before,
            drafts,
            billing_assets.issued_invoices.map_asset_specs(
                lambda spec: (
                    spec.replace_attributes(freshness_policy=freshness())
                    if spec.key == billing_assets.DOCUMENTS
                    else spec
                )
            ),
            marts,
            build_published_marts(sorted(marts.keys), personal_columns(manifest)),
            invoice_documents,
        ],
        asset_checks=[
            hash_chains,
            findings,
            marts_file_holds_every_mart,
            documents_match_ledger,
        ],
        jobs=[close_cycle, land_files, render_documents],
        schedules=[build_daily_close(timezone)],
        sensors=[landing_folder, alert_on_run_failure],
        resources={"warehouse": Warehouse(), "dbt": Dbt()},
        loggers={"progress": progress},
        # One process for a run, however it is started: the warehouse has one writer.
        executor=dg.in_process_executor,
    )
