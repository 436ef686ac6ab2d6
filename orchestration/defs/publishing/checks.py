"""What SQL in the warehouse cannot say of the published file: that it holds the same."""

import dagster as dg

from orchestration.defs.publishing.assets import PUBLISHED
from orchestration.defs.publishing.marts_file import published_counts, wanted_counts
from orchestration.warehouse import Warehouse


@dg.asset_check(asset=PUBLISHED, blocking=False)
def marts_file_holds_every_mart(warehouse: Warehouse) -> dg.AssetCheckResult:
    """marts.duckdb opens by itself and has the warehouse's marts, row for row in number."""
    with warehouse.connect() as con:
        wanted = wanted_counts(con)
    found = published_counts(warehouse.home)
    differing = sorted(
        mart for mart in wanted.keys() | found.keys() if wanted.get(mart) != found.get(mart)
    )
    return dg.AssetCheckResult(
        passed=bool(found) and not differing,
        metadata={"marts": len(found), "differing": differing},
        description=f"differ: {', '.join(differing)}" if differing else None,
    )
