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
            description="Each row's hash is that of its content and of the row before it.",
        )
        for table in ledger.ledger_tables()
    ],
)
def hash_chains(warehouse: Warehouse) -> Iterator[dg.AssetCheckResult]:
    """Every chain, from its first row."""
    with warehouse.connect() as con:
        for table in ledger.ledger_tables():
            broken = ledger.broken_links(con, table)
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
