"""What SQL cannot say of the ledger: that each row follows from the one before."""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.billing import ledger
from orchestration.warehouse import Warehouse

_CHECK = "hash_chain_verifies"


@dg.multi_asset_check(
    name=_CHECK,
    specs=[
        dg.AssetCheckSpec(
            _CHECK,
            asset=dg.AssetKey(["ledger", table]),
            blocking=True,
            description=(
                "The hash of each row of the last bill run is that of its content and of the row"
                " before it; `releve verify` looks at every row."
            ),
        )
        for table in ledger.chained_tables()
    ],
)
def hash_chains(warehouse: Warehouse) -> Iterator[dg.AssetCheckResult]:
    """Every chain, from the first row of the last bill run."""
    with warehouse.connect() as con:
        for table in ledger.chained_tables():
            since = ledger.last_run_starts(con, table)
            broken = ledger.broken_links(con, table, since)
            yield dg.AssetCheckResult(
                asset_key=["ledger", table],
                check_name=_CHECK,
                passed=not broken,
                metadata={"broken_rows": len(broken)},
                description=(
                    f"ledger.{table} was changed from position {broken[0]} on: restore the"
                    " warehouse from a backup, then run releve verify"
                    if broken
                    else None
                ),
            )
