"""What SQL in the warehouse cannot say of the published file: that it holds the same."""

import dagster as dg

from orchestration.defs.publishing.assets import PUBLISHED
from orchestration.defs.publishing.marts_file import published_counts, wanted_counts
from orchestration.warehouse import Warehouse


@dg.asset_check(asset=PUBLISHED, blocking=False)
def marts_file_holds_every_mart(warehouse: Warehouse) -> dg.AssetCheckResult:
    """Both files open by themselves and have the warehouse's marts, row for row in number."""
    with warehouse.connect() as con:
        wanted = wanted_counts(con)
    files = (warehouse.home.marts, warehouse.home.public_marts)
    found = {file.stem: published_counts(file) for file in files}
    differing = sorted(
        f"{name}.{mart}"
        for name, counts in found.items()
        for mart in wanted.keys() | counts.keys()
        if wanted.get(mart) != counts.get(mart)
    )
    return dg.AssetCheckResult(
        passed=bool(wanted) and not differing,
        metadata={"marts": len(wanted), "differing": differing},
        description=f"differ: {', '.join(differing)}" if differing else None,
    )
