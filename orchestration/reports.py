"""What the command line says after a run, from the metadata of its materializations.

Not here: any figure that is not in the metadata.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from orchestration.home import Home
from orchestration.preview import Preview

Metadata = Mapping[str, Mapping[str, Any]]

_COUNTS = ("files", "landed", "accepted", "duplicate", "rejected")


def landing_lines(metadata: Metadata) -> Iterator[str]:
    """What landed, by table, and which files could not be read."""
    landing = metadata["raw/landed_files"]
    tables = landing["tables"]
    if tables:
        yield from _table(
            ("table", *_COUNTS),
            [
                (table["table_name"], *(f"{table[count]:,}" for count in _COUNTS))
                for table in tables
            ],
        )
    else:
        yield "Nothing new to land."
    for file in landing["refused"]:
        yield f"refused {file['path']}: {file['reason']}"
    if any(table["rejected"] for table in tables):
        yield "Rejected rows and their reasons: marts.rejected_rows, after the next close."


def close_lines(metadata: Metadata, bill_date: str) -> Iterator[str]:
    """What a close issued, whom it held, what waits."""
    issued = metadata["ledger/documents"]
    if issued["issued"]:
        yield f"Closed {bill_date}: {issued['issued']} documents, {issued['lines']} lines."
        for currency, total in issued["total_by_currency"].items():
            yield f"  {currency} {Decimal(total):,.2f} with tax"
    elif issued["last_bill_run"] > bill_date:
        yield (
            f"Nothing was issued: {issued['last_bill_run']} is closed already, and a date before"
            " it bills nothing. What was late is on the next bill."
        )
    else:
        yield f"Closed {bill_date}: nothing was issued; nothing is due that was not billed."
    yield from _held_lines(metadata)
    flagged = metadata["published_marts"]["anomalies"]
    if flagged:
        counts = ", ".join(f"{count:,} {kind}" for kind, count in flagged.items())
        yield f"Unlike the customer's own history (marts.anomalies): {counts}."
    gaps = metadata["published_marts"]["document_gaps"]
    if gaps:
        counts = ", ".join(f"{count:,} without {column}" for column, count in gaps.items())
        yield f"What documents lack (marts.document_gaps): {counts}."
    waiting = metadata["published_marts"]["waiting_rows"]
    if waiting:
        counts = ", ".join(f"{count:,} in {table}" for table, count in waiting.items())
        yield f"Rows that wait for what they refer to (marts.waiting_rows): {counts}."


def preview_lines(bill: Preview, bill_date: str) -> Iterator[str]:
    """The documents of a preview with their lines, and whom a close would hold."""
    if not bill.documents:
        yield f"On {bill_date} nothing would be issued."
    for document in bill.documents:
        currency = str(document["currency"])
        yield (
            f"{document['account_id']}: {document['document_type']} of {document['bill_date']},"
            f" {document['net_amount']:,.2f} + {document['tax_amount']:,.2f} tax"
            f" = {document['due_amount']:,.2f} {currency}"
        )
        yield from _table(
            ("line", "from", "to", "quantity", currency),
            [
                (
                    f"  {line['description']}",
                    str(line["service_start"]),
                    str(line["service_end"]),
                    f"{line['quantity'].normalize():f}",
                    f"{line['net_amount']:,.2f}",
                )
                for line in bill.lines
                if line["invoice_id"] == document["invoice_id"]
            ],
        )
    for account in bill.held:
        yield f"{account['account_id']} would be held: {account['reason']}"


def place_lines(home: Home) -> Iterator[str]:
    """Where to look."""
    yield f"Documents: {home.documents}"
    yield f"Marts:     {home.marts} (select * from marts.invoices)"
    yield "Runs:      make dev, then http://127.0.0.1:3000"


def is_held(metadata: Metadata) -> bool:
    """Whether an account that was due was not billed."""
    return bool(metadata["ledger/documents"]["held_payers"])


def _held_lines(metadata: Metadata) -> Iterator[str]:
    held = metadata["published_marts"]["held_accounts"]
    if not held:
        return
    yield "Held, and billed by the next close of this date once mended (marts.held_accounts):"
    for account in held:
        yield f"  {account['account_id']} on {account['bill_date']}: {account['reason']}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as their widest cell; the first to the left, numbers to the right."""
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    for first, *others in (head, *rows):
        cells = [f"{cell:>{width}}" for cell, width in zip(others, widths[1:], strict=True)]
        yield "  ".join((f"{first:<{widths[0]}}", *cells))
