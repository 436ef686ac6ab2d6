"""The raw tables as assets: one step that lands every new file of a folder.

Not here: how a file lands (load.py) or what a table holds (the contract).
"""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import dagster as dg

from orchestration.database import row_counts
from orchestration.defs.landing.contract import contract
from orchestration.defs.landing.load import land
from orchestration.defs.landing.report import unread_words
from orchestration.warehouse import Warehouse

_REQUEST = "bill_run_request"
_MANIFEST = "landed_files"


class LandingConfig(dg.Config):
    """Where the files are; the home's landing folder unless said otherwise."""

    folder: str | None = None


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            ["raw", table.name],
            description=table.description,
            group_name="landing",
            kinds={"duckdb"},
        )
        for table in contract().values()
        if table.name != _REQUEST
    ]
)
def landed_files(
    context: dg.AssetExecutionContext, config: LandingConfig, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult[None]]:
    """Load the new files, each whole or not at all; a file that landed before is left alone.

    A run that closes a date ends here when a file for a table cannot be read: bills without its
    rows would be wrong, and right ones would follow as adjustments.
    """
    folder = Path(config.folder) if config.folder else warehouse.home.landing
    with warehouse.connect() as con:
        report = land(con, folder, context.log.info)
        counts = row_counts(con, "raw")
    for table in contract():
        if table == _REQUEST:
            continue
        about: dict[str, dg.MetadataValue] = {
            "dagster/row_count": dg.MetadataValue.int(counts[table])
        }
        if table == _MANIFEST:
            about |= {
                "landed": dg.MetadataValue.md(report.markdown()),
                "tables": dg.MetadataValue.json([asdict(table) for table in report.tables]),
                "refused": dg.MetadataValue.json(
                    [{"path": file.path, "reason": file.reason} for file in report.refused]
                ),
                "known_files": dg.MetadataValue.int(report.known_files),
            }
        yield dg.MaterializeResult(asset_key=["raw", table], metadata=about)
    if report.unread and context.has_partition_key:
        raise dg.Failure(unread_words(report, folder), allow_retries=False)
