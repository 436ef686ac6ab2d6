"""The documents that customers receive, as an asset: files that follow from the ledger.

Not here: reading rows (ledger_reader.py), making files (render.py), what was made (manifest.py).
"""

from functools import partial

import dagster as dg

from orchestration.catalogue import owners
from orchestration.defs.documents.disk import files_wanted
from orchestration.defs.documents.ledger_reader import Selection, count_documents, read_documents
from orchestration.defs.documents.manifest import create_manifest, record
from orchestration.defs.documents.render import render_documents
from orchestration.defs.documents.summaries import documents_shown
from orchestration.retries import RETRY, stopped_at_once
from orchestration.warehouse import Warehouse

_SHOWN_FAILURES = 10


class RenderConfig(dg.Config):
    """Which documents: those with a file that is missing or has another size than was written.

    With `read`, files are hashed, and those that were altered are made again too. Only with
    `again` may other bytes take the place of what was delivered. `invoice` names one document.
    """

    read: bool = False
    again: bool = False
    invoice: str | None = None


@dg.asset(
    deps=[dg.AssetKey(["ledger", table]) for table in ("documents", "lines", "taxes")]
    + [dg.AssetKey("published_marts")],
    group_name="documents",
    owners=owners("documents"),
    # A file that is there as recorded is left alone, so each try makes what is missing.
    retry_policy=RETRY,
    kinds={"html", "pdf", "xml"},
)
def invoice_documents(
    context: dg.AssetExecutionContext, config: RenderConfig, warehouse: Warehouse
) -> dg.MaterializeResult[None]:
    """PDF, HTML and XML (UBL) of every issued document, recorded in documents.files."""
    folder = warehouse.home.documents
    with stopped_at_once(), warehouse.connect() as con:
        create_manifest(con)
        if config.invoice and not count_documents(con, Selection(invoice_number=config.invoice)):
            raise dg.Failure(
                f"The ledger has no document {config.invoice}; marts.invoices lists them all.",
                allow_retries=False,
            )
        if config.again:
            wanted, selection = None, Selection(invoice_number=config.invoice)
            expected = count_documents(con, selection)
        else:
            wanted = files_wanted(con, folder, read=config.read, number=config.invoice)
            selection, expected = Selection(invoice_ids=tuple(wanted)), len(wanted)
        context.log.info(f"{expected} documents to render")
        result = render_documents(
            read_documents(con, selection),
            folder,
            wanted=wanted,
            themes=warehouse.home.themes,
            record=partial(record, con),
            progress=context.log.info,
            expected=expected,
        )
        shown = documents_shown(con, None if wanted is None else list(wanted), config.invoice)
    if result.failures:
        named = [f"{failure.invoice_number}: {failure.reason}" for failure in result.failures]
        raise dg.Failure(
            f"{len(named)} documents could not be rendered; they are issued, and `releve render`"
            " makes their files once the cause is mended.\n" + "\n".join(named[:_SHOWN_FAILURES]),
            allow_retries=False,
        )
    return dg.MaterializeResult(
        metadata={
            "rendered": result.document_count,
            "files": result.file_count,
            "folder": dg.MetadataValue.path(str(folder)),
            "documents": shown,
        }
    )
