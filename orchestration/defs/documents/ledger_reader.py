"""Ledger rows as documents: a few queries for many documents, sums by SQL.

Not here: how a document looks (renderers) or where it is written (render).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from orchestration.database import another_cursor
from orchestration.defs.documents.failure import DocumentFailure
from orchestration.defs.documents.ledger_insights import CARRIED, CHANGES, USAGE_DAYS
from orchestration.defs.documents.ledger_rows import LedgerRowError, Row, document
from renderers.document import Document

BATCH_SIZE = 200

_SELECTED = """
    (? is null or bill_run_id = ?) and (? is null or invoice_number = ?)
    and (? is null or list_contains(cast(? as varchar[]), invoice_id))
"""

_DOCUMENTS = f"""
    select *, net_amount + allowance_amount as lines_amount from ledger.documents
    where ledger_position > ? and {_SELECTED}
    order by ledger_position
    limit {BATCH_SIZE}
"""

_LINES = """
    select
        lines.*,
        documents.minor_units,
        lines.allowance_level is not distinct from 'invoice' as is_of_document,
        coalesce(lines.service, '') as section,
        sum(lines.net_amount) over (
            partition by lines.invoice_id, is_of_document, section
        ) as section_amount,
        sum(lines.net_amount) over (
            partition by lines.invoice_id, is_of_document, section, lines.account_id
        ) as account_amount,
        sum(lines.net_amount) over (
            partition by lines.invoice_id, is_of_document, lines.account_id
        ) as account_total,
        min(lines.line_number) over (
            partition by lines.invoice_id, is_of_document, section
        ) as section_place,
        min(lines.line_number) over (
            partition by lines.invoice_id, is_of_document, section, lines.account_id
        ) as account_place,
        bool_or(lines.account_id != documents.account_id) over (
            partition by lines.invoice_id
        ) as is_for_family,
        corrected.invoice_number as corrected_number,
        corrected.issue_date as corrected_issue_date
    from ledger.lines
    inner join ledger.documents on lines.invoice_id = documents.invoice_id
    left join ledger.documents as corrected
        on lines.corrects_invoice_id = corrected.invoice_id
    where lines.invoice_id in (select unnest(?))
    order by lines.invoice_id, section_place, account_place, lines.line_number
"""

_DRAWDOWNS = """
    select * from ledger.drawdowns
    where invoice_id in (select unnest(?))
    order by invoice_id, ledger_position
"""

_TAXES = """
    select * from ledger.taxes
    where invoice_id in (select unnest(?))
    order by invoice_id, ledger_position
"""


@dataclass(frozen=True)
class Selection:
    """Which documents: of one bill run, with one number, of these keys; all by default."""

    bill_run_id: str | None = None
    invoice_number: str | None = None
    invoice_ids: Sequence[str] | None = None

    @property
    def parameters(self) -> list[Any]:
        """The values of the selecting condition, in its order."""
        run, number = self.bill_run_id, self.invoice_number
        keys = None if self.invoice_ids is None else list(self.invoice_ids)
        return [run, run, number, number, keys, keys]


def count_documents(connection: duckdb.DuckDBPyConnection, selection: Selection) -> int:
    """How many issued documents are selected."""
    (found,) = _rows(
        connection,
        f"select count(*) as documents from ledger.documents where {_SELECTED}",
        selection.parameters,
    )
    return int(found["documents"])


def read_documents(
    connection: duckdb.DuckDBPyConnection, selection: Selection
) -> Iterator[Document | DocumentFailure]:
    """The selected documents in order of issue, as the ledger holds them; keys in their own order.

    A few queries for each 200 documents; a cursor of its own, so that the
    connection may be used in between. A document whose rows cannot be read is
    named in its place.
    """
    if selection.invoice_ids is None:
        yield from _selected(connection, selection)
        return
    # Each row of the ledger is looked for among the keys: all at once, that is their square.
    for start in range(0, len(selection.invoice_ids), BATCH_SIZE):
        some = selection.invoice_ids[start : start + BATCH_SIZE]
        yield from _selected(connection, replace(selection, invoice_ids=some))


def _selected(
    connection: duckdb.DuckDBPyConnection, selection: Selection
) -> Iterator[Document | DocumentFailure]:
    cursor = another_cursor(connection)
    position = 0
    while True:
        documents = _rows(cursor, _DOCUMENTS, [position, *selection.parameters])
        if not documents:
            return
        invoice_ids = [row["invoice_id"] for row in documents]
        since = min(row["period_start"] for row in documents)
        lines = _by_invoice(_rows(cursor, _LINES, [invoice_ids]))
        taxes = _by_invoice(_rows(cursor, _TAXES, [invoice_ids]))
        drawdowns = _by_invoice(_rows(cursor, _DRAWDOWNS, [invoice_ids]))
        changes = _by_invoice(_rows(cursor, CHANGES, [invoice_ids]))
        usage_days = _by_invoice(_rows(cursor, USAGE_DAYS, [invoice_ids, since, since]))
        carried = {
            row["invoice_id"]: row["carried_from"] for row in _rows(cursor, CARRIED, [invoice_ids])
        }
        for row in documents:
            key = row["invoice_id"]
            try:
                yield document(
                    row,
                    lines[key],
                    taxes[key],
                    drawdowns[key],
                    changes=changes[key],
                    usage_days=usage_days[key],
                    carried_from=carried.get(key),
                )
            except LedgerRowError as error:
                yield DocumentFailure(row["entity_id"], row["invoice_number"], str(error))
        position = documents[-1]["ledger_position"]


def _rows(connection: duckdb.DuckDBPyConnection, query: str, parameters: list[Any]) -> list[Row]:
    result = connection.execute(query, parameters)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, values, strict=True)) for values in result.fetchall()]


def _by_invoice(rows: list[Row]) -> defaultdict[str, list[Row]]:
    grouped = defaultdict(list)
    for row in rows:
        grouped[row["invoice_id"]].append(row)
    return grouped
