"""What SQL in the warehouse cannot say of the published file, and what a person should look at.

A check that warns stops nothing: the close has billed everyone else, and says who is left.
Not here: what stops a bill; those are dbt's tests of the drafts.
"""

from collections.abc import Iterator

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


_FINDINGS = {
    "held_accounts": ("nobody_is_held", "accounts are held"),
    "waiting_rows": ("no_row_waits", "landed rows wait for a row they name"),
    "anomalies": ("nothing_is_unlike_its_history", "findings are unlike the customer's history"),
    "document_gaps": ("documents_lack_nothing", "columns are missing that a document needs"),
}


@dg.multi_asset_check(
    name="findings",
    specs=[
        dg.AssetCheckSpec(
            check,
            asset=dg.AssetKey(["marts", mart]),
            blocking=False,
            description=f"Warns where {found}; marts.{mart} says which, and why.",
        )
        for mart, (check, found) in _FINDINGS.items()
    ],
)
def findings(warehouse: Warehouse) -> Iterator[dg.AssetCheckResult]:
    """Each mart of findings has no row."""
    with warehouse.connect() as con:
        for mart, (check, found) in _FINDINGS.items():
            row = con.execute(f"select count(*) from marts.{mart}").fetchone()
            count = row[0] if row else 0
            yield dg.AssetCheckResult(
                asset_key=["marts", mart],
                check_name=check,
                passed=count == 0,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"rows": count},
                description=f"{count} {found}: marts.{mart} says why" if count else None,
            )
