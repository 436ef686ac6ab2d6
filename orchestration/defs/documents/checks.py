"""What SQL cannot say of the documents: that the folder shows the ledger, no less, no more."""

import dagster as dg

from orchestration.defs.documents.assets import invoice_documents
from orchestration.defs.documents.disk import documents_missing, files_unissued
from orchestration.warehouse import Warehouse


@dg.asset_check(asset=invoice_documents)
def documents_match_ledger(warehouse: Warehouse) -> dg.AssetCheckResult:
    """Every issued document has its files, and every file its document."""
    folder = warehouse.home.documents
    with warehouse.connect() as con:
        missing = sorted(documents_missing(con, folder).values())
        unissued = [str(path.relative_to(folder)) for path in files_unissued(con, folder)]
    return dg.AssetCheckResult(
        passed=not missing and not unissued,
        metadata={"missing": missing, "unissued": unissued},
        description="releve render makes what is missing" if missing else None,
    )
