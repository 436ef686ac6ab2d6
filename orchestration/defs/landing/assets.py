"""The raw tables as assets: one step that lands every new file of a folder.

Not here: how a file lands (load.py) or what a table holds (the contract).
"""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.catalogue import owners, table_facts
from orchestration.database import row_counts
from orchestration.defs.landing.contract import contract
from orchestration.defs.landing.load import land
from orchestration.defs.landing.report import unread_words
from orchestration.warehouse import Warehouse

_REQUEST = "bill_run_request"
_MANIFEST = "landed_files"
_REJECTED = "rejected_rows"
_EVERY_FILE = "every_file_was_read"
_EVERY_ROW = "every_row_was_taken"


class LandingConfig(dg.Config):
    """Where the files are; the home's landing folder unless said otherwise."""

    folder: str | None = None


def raw_facts(table: str) -> dict[str, Any]:
    """What an asset says of a raw table, beside its description."""
    columns = [(one.name, one.data_type, one.description) for one in contract()[table].columns]
    return {
        "group_name": "landing",
        "owners": owners("landing"),
        **table_facts("raw", table, columns),
    }


@dg.multi_asset(
    specs=[
        dg.AssetSpec(["raw", table.name], description=table.description, **raw_facts(table.name))
        for table in contract().values()
        if table.name != _REQUEST
    ],
    check_specs=[
        dg.AssetCheckSpec(
            _EVERY_FILE,
            asset=dg.AssetKey(["raw", _MANIFEST]),
            description="Warns where a file could not be read; the others landed.",
        ),
        dg.AssetCheckSpec(
            _EVERY_ROW,
            asset=dg.AssetKey(["raw", _REJECTED]),
            description="Warns where rows that landed now were rejected; each has its reason.",
        ),
    ],
)
def landed_files(
    context: dg.AssetExecutionContext, config: LandingConfig, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
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
    refused = len(report.refused)
    rejected = sum(table.rejected for table in report.tables)
    yield _warning(_MANIFEST, _EVERY_FILE, refused, "files were refused")
    yield _warning(_REJECTED, _EVERY_ROW, rejected, "rows were rejected: marts.rejected_rows")
    if report.unread and context.has_partition_key:
        raise dg.Failure(unread_words(report, folder), allow_retries=False)


def _warning(table: str, check: str, count: int, found: str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=["raw", table],
        check_name=check,
        passed=count == 0,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"count": count},
        description=f"{count} {found}" if count else None,
    )
