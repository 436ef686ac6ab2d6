"""The documents that customers receive, as an asset: files that follow from the ledger.

Not here: reading rows (ledger_reader.py), making files (render.py).
"""

import dagster as dg

from orchestration.defs.documents.disk import documents_missing
from orchestration.defs.documents.ledger_reader import Selection, count_documents, read_documents
from orchestration.defs.documents.render import render_documents
from orchestration.warehouse import Warehouse

_SHOWN_FAILURES = 10


class RenderConfig(dg.Config):
    """Which documents: those without their files, unless `again` asks for all, or for one."""

    again: bool = False
    invoice: str | None = None


@dg.asset(
    deps=[dg.AssetKey(["ledger", table]) for table in ("documents", "lines", "taxes")]
    + [dg.AssetKey("published_marts")],
    group_name="documents",
    kinds={"html", "pdf", "xml"},
)
def invoice_documents(
    context: dg.AssetExecutionContext, config: RenderConfig, warehouse: Warehouse
) -> dg.MaterializeResult[None]:
    """A PDF, an HTML and an XML file (UBL) for every issued document; the same bytes each time."""
    folder = warehouse.home.documents
    with warehouse.connect() as con:
        if config.again or config.invoice:
            selection = Selection(invoice_number=config.invoice)
        else:
            selection = Selection(invoice_ids=tuple(documents_missing(con, folder)))
        expected = count_documents(con, selection)
        if config.invoice and not expected:
            raise dg.Failure(
                f"The ledger has no document {config.invoice}; marts.invoices lists them all.",
                allow_retries=False,
            )
        context.log.info(f"{expected} documents to render")
        result = render_documents(
            read_documents(con, selection),
            folder,
            progress=context.log.info,
            expected=expected,
        )
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
            "files": len(result.files),
            "folder": dg.MetadataValue.path(str(folder)),
        }
    )
