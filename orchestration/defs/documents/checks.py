"""What SQL cannot say of the documents: that the folder shows the ledger, no less, no more."""

import dagster as dg

from orchestration.defs.documents.assets import invoice_documents
from orchestration.defs.documents.disk import file_faults, files_unissued
from orchestration.defs.documents.manifest import create_manifest
from orchestration.warehouse import Warehouse


@dg.asset_check(asset=invoice_documents)
def documents_match_ledger(warehouse: Warehouse) -> dg.AssetCheckResult:
    """Every issued document has its files, and every file its document."""
    folder = warehouse.home.documents
    with warehouse.connect() as con:
        create_manifest(con)
        faults = [str(fault) for fault in file_faults(con, folder, read=False)]
        unissued = [str(path.relative_to(folder)) for path in files_unissued(con, folder)]
    return dg.AssetCheckResult(
        passed=not faults and not unissued,
        metadata={"faults": faults, "unissued": unissued},
        description="releve render makes what is missing" if faults else None,
    )
