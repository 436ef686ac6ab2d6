"""The marts as analysts and the command line read them: marts.duckdb, whole or not at all.

Not here: how the file is made (marts_file.py), what the marts hold (dbt).
"""

from collections.abc import Sequence

import dagster as dg

from orchestration.catalogue import freshness, owners
from orchestration.defs.publishing.marts_file import PersonalColumns, publish
from orchestration.defs.publishing.summaries import (
    anomalies,
    document_gaps,
    held_accounts,
    held_by_reason,
    waiting_rows,
)
from orchestration.partitions import bill_dates
from orchestration.retries import RETRY, stopped_at_once
from orchestration.warehouse import Warehouse

PUBLISHED = dg.AssetKey("published_marts")


def build_published_marts(
    marts: Sequence[dg.AssetKey], personal: PersonalColumns
) -> dg.AssetsDefinition:
    """The asset that follows all of `marts`; `personal` says what the public file leaves out."""

    @dg.asset(
        key=PUBLISHED,
        deps=marts,
        partitions_def=bill_dates,
        group_name="publishing",
        owners=owners("publishing"),
        kinds={"duckdb"},
        freshness_policy=freshness(),
        # Each try makes both files anew beside the old ones, which stay until then.
        retry_policy=RETRY,
    )
    def published_marts(
        context: dg.AssetExecutionContext, warehouse: Warehouse
    ) -> dg.MaterializeResult[None]:
        """marts.duckdb and, without personal data, marts_public.duckdb; read at any time."""
        with stopped_at_once(), warehouse.connect() as con:
            counts = publish(con, warehouse.home, personal)
            held = held_accounts(con)
            waiting = waiting_rows(con)
            flagged = anomalies(con)
            gaps = document_gaps(con)
        context.log.info(f"published {len(counts)} marts to {warehouse.home.marts.name}")
        return dg.MaterializeResult(
            metadata={
                "file": dg.MetadataValue.path(str(warehouse.home.marts)),
                "rows_by_mart": dg.MetadataValue.json(counts),
                "held_accounts": dg.MetadataValue.json(held),
                "held_by_reason": dg.MetadataValue.md(held_by_reason(held)),
                "waiting_rows": dg.MetadataValue.json(waiting),
                "anomalies": dg.MetadataValue.json(flagged),
                "document_gaps": dg.MetadataValue.json(gaps),
            }
        )

    return published_marts
