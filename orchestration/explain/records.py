"""What the ledger and the landed rows say of a document and its lines.

Not here: what is made of it (working.py), the events of a usage line (events.py).
"""

import difflib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from orchestration.defs.landing.contract import contract
from orchestration.errors import ReleveError
from orchestration.explain.figures import Money, Row, number

_SUGGESTED = 3


class ExplainError(ReleveError):
    """There is no such document or line; says which there are."""


@dataclass(frozen=True)
class Source:
    """A landed row that a line came from: its values, and where it stood."""

    table_name: str
    row_key: str
    source_file: str
    source_row: int
    values: Row

    @property
    def place(self) -> str:
        """File and row."""
        return f"{self.source_file} row {self.source_row}"

    @property
    def name(self) -> str:
        """Table and key; of a tier where it starts."""
        if self.table_name != "prices":
            return f"{self.table_name}: {self.row_key}"
        start = number(self.values["from_units"] or 0)
        return f"prices: {self.values['charge_id']} in {self.values['currency']}, above {start}"


@dataclass(frozen=True)
class Line:
    """A line with all that stands behind it.

    `history` are the lines of its item up to and with this one, each with its document's number
    and what had landed before its run. `working` is None for a line issued before workings were
    kept. `has_allowances` says whether its charge was ever discounted for its subscription;
    `reached_by` are, of a true-up, the lines that count towards the commitment, and
    `taken_together`, of an invoice allowance, all that was taken from the same bill.
    """

    issued: Row
    working: Row | None
    history: Sequence[Row]
    money: Money
    has_allowances: bool = False
    reached_by: Sequence[Row] = field(default_factory=tuple)
    taken_together: Sequence[Row] = field(default_factory=tuple)
    sources: Sequence[Source] = field(default_factory=tuple)
    usage: Sequence[Row] = field(default_factory=tuple)

    def source(self, table_name: str) -> Source | None:
        """The only row of a table, or the first by key."""
        return next(iter(self.all_of(table_name)), None)

    def all_of(self, table_name: str) -> list[Source]:
        """Its rows of a table, by key."""
        return [source for source in self.sources if source.table_name == table_name]

    @property
    def tiers(self) -> list[Source]:
        """The rows of its price, in order of their tiers."""
        return sorted(self.all_of("prices"), key=lambda row: row.values["from_units"] or 0)


@dataclass(frozen=True)
class Document:
    """An issued document with its taxes and what prepaid credit paid of it."""

    issued: Row
    run: Row
    taxes: Sequence[Row]
    drawdowns: Sequence[Row]
    money: Money


def read_document(con: duckdb.DuckDBPyConnection, invoice_number: str) -> Document:
    """The document of that number. Raises ExplainError, with numbers that are like it."""
    found = rows(con, "from ledger.documents where invoice_number = ?", [invoice_number])
    if not found:
        raise ExplainError(f"there is no document {invoice_number}{_alike(con, invoice_number)}")
    issued = found[0]
    key = [issued["invoice_id"]]
    return Document(
        issued,
        rows(con, "from ledger.bill_runs where bill_run_id = ?", [issued["bill_run_id"]])[0],
        rows(con, "from ledger.taxes where invoice_id = ? order by ledger_position", key),
        rows(
            con,
            """
            select drawdowns.*, documents.invoice_number as drawn_by_number
            from ledger.drawdowns as drawdowns
            left join ledger.documents as documents
                on drawdowns.drawn_by_invoice_id = documents.invoice_id
            where drawdowns.invoice_id = ?
            order by drawdowns.ledger_position
            """,
            key,
        ),
        Money(issued["currency"], issued["minor_units"]),
    )


Sources = Mapping[str, Sequence[Source]]


def read_sources(con: duckdb.DuckDBPyConnection, invoice_ids: Sequence[str]) -> Sources:
    """The landed rows behind each line, by line_id, of documents and of those they correct."""
    named = rows(
        con,
        """
        from marts.line_sources
        where invoice_id in (
            select lines.invoice_id
            from ledger.lines as lines
            semi join (from ledger.lines where list_contains(?, invoice_id)) as asked
                on lines.item_id = asked.item_id
        )
        order by table_name, row_key
        """,
        [list(invoice_ids)],
    )
    values: dict[tuple[str, int, int], Row] = {}
    for table in contract():
        places = {
            (row["landing_id"], row["source_row"]) for row in named if row["table_name"] == table
        }
        if not places:
            continue
        landed = rows(
            con,
            f"from raw.{table} where list_contains(?, landing_id) and list_contains(?, source_row)",
            [sorted({landing for landing, _ in places}), sorted({place for _, place in places})],
        )
        values |= {(table, row["landing_id"], row["source_row"]): row for row in landed}
    found = defaultdict(list)
    for row in named:
        place = (row["table_name"], row["landing_id"], row["source_row"])
        found[row["line_id"]].append(
            Source(
                row["table_name"],
                row["row_key"],
                row["source_file"],
                row["source_row"],
                values[place],
            )
        )
    return found


def read_lines(
    con: duckdb.DuckDBPyConnection,
    document: Document,
    sources: Sources,
    line_number: int | None = None,
) -> list[Line]:
    """Its lines, or the one of that number. Raises ExplainError when it has none such."""
    issued = rows(
        con,
        "from ledger.lines where invoice_id = ? and (? is null or line_number = ?)"
        " order by line_number",
        [document.issued["invoice_id"], line_number, line_number],
    )
    if not issued:
        raise ExplainError(
            f"{document.issued['invoice_number']} has no line {line_number}: its lines are 1 to"
            f" {document.issued['line_count']}"
        )
    line_ids = [row["line_id"] for row in issued]
    workings = _by(rows(con, _OF_LINES.format("ledger.line_workings"), [line_ids]), "line_id")
    usage = _by(
        rows(con, _OF_LINES.format("ledger.usage") + " order by usage_date, meter_id", [line_ids]),
        "line_id",
    )
    histories = _by(rows(con, _HISTORIES, [line_ids]), "asked_line_id")
    discounted = {row["line_id"] for row in rows(con, _DISCOUNTED, [line_ids])}
    taken = _by(rows(con, _TAKEN_TOGETHER, [line_ids]), "asked_line_id")
    reached = _by(rows(con, _REACHED, [line_ids]), "true_up_line_id")
    return [
        Line(
            issued=row,
            working=next(iter(workings[row["line_id"]]), None),
            history=histories[row["line_id"]],
            money=document.money,
            has_allowances=row["line_id"] in discounted,
            reached_by=reached[row["line_id"]],
            taken_together=taken[row["line_id"]],
            sources=sources.get(row["line_id"], ()),
            usage=usage[row["line_id"]],
        )
        for row in issued
    ]


_OF_LINES = "from {} where list_contains(?, line_id)"
_DISCOUNTED = """
    select lines.line_id
    from ledger.lines as lines
    semi join (from ledger.lines where allowance_level = 'line') as allowances
        on
            lines.subscription_id = allowances.subscription_id
            and lines.charge_id = allowances.charge_id
            and lines.item_id <> allowances.item_id
    where list_contains(?, line_id)
"""
_TAKEN_TOGETHER = """
    with

    asked as (
        select
            workings.line_id, workings.discounted_document_id,
            runs.ledger_position as run_position, runs.landing_id
        from ledger.line_workings as workings
        inner join ledger.documents as documents using (invoice_id)
        inner join ledger.bill_runs as runs using (bill_run_id)
        where list_contains(?, line_id) and discounted_document_id is not null
    ),

    items as (
        select asked.line_id as asked_line_id, lines.item_id, any_value(run_position) as until_run,
            any_value(landing_id) as landing_id
        from asked
        inner join ledger.line_workings as workings using (discounted_document_id)
        inner join ledger.lines as lines on workings.line_id = lines.line_id
        group by all
    )

    select
        items.asked_line_id,
        lines.allowance_id,
        lines.tax_category,
        lines.tax_rate,
        arg_max(lines.present_worth, lines.ledger_position) as present_worth,
        (
            select arg_max(kind, struct_pack(at := updated_at, landing := landing_id))
            from raw.allowances
            where allowance_id = lines.allowance_id and landing_id <= any_value(items.landing_id)
        ) as kind
    from items
    inner join ledger.lines as lines using (item_id)
    inner join ledger.documents as documents on lines.invoice_id = documents.invoice_id
    inner join ledger.bill_runs as runs on documents.bill_run_id = runs.bill_run_id
    where runs.ledger_position <= items.until_run
    group by
        items.asked_line_id, lines.item_id, lines.allowance_id, lines.tax_category, lines.tax_rate
    order by lines.allowance_id, lines.tax_category, lines.tax_rate
"""
_REACHED = """
    select
        true_ups.line_id as true_up_line_id,
        lines.description,
        documents.invoice_number,
        lines.line_number,
        lines.net_amount
    from ledger.lines as true_ups
    inner join ledger.documents as topped_up on true_ups.invoice_id = topped_up.invoice_id
    inner join ledger.lines as lines
        on
            lines.currency = true_ups.currency
            and lines.service_start >= true_ups.service_start
            and lines.service_start < true_ups.service_end
    inner join ledger.documents as documents
        on
            lines.invoice_id = documents.invoice_id
            and documents.bill_date <= topped_up.bill_date
    where
        list_contains(?, true_ups.line_id)
        and true_ups.pricing_basis = 'commitment'
        and coalesce(lines.pricing_basis, '') <> 'commitment'
        and coalesce(lines.allowance_level, 'line') = 'line'
        and case
            when true_ups.subscription_id is not null
                then lines.subscription_id = true_ups.subscription_id
            else true_ups.account_id in (lines.account_id, documents.account_id)
        end
    order by documents.ledger_position, lines.line_number
"""
_HISTORIES = """
    select
        asked.line_id as asked_line_id,
        lines.line_id,
        lines.line_number,
        lines.net_amount,
        lines.present_worth,
        documents.invoice_number,
        documents.issue_date,
        bill_runs.landing_id
    from ledger.lines as asked
    inner join ledger.lines as lines
        on asked.item_id = lines.item_id and lines.ledger_position <= asked.ledger_position
    inner join ledger.documents as documents on lines.invoice_id = documents.invoice_id
    inner join ledger.bill_runs as bill_runs on documents.bill_run_id = bill_runs.bill_run_id
    where list_contains(?, asked.line_id)
    order by lines.ledger_position
"""


def rows(con: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[object]) -> list[Row]:
    """The rows of a query by column name."""
    result = con.execute(query, list(parameters))
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, values, strict=True)) for values in result.fetchall()]


def _by(found: Sequence[Row], column: str) -> dict[Any, list[Row]]:
    grouped: dict[Any, list[Row]] = defaultdict(list)
    for row in found:
        grouped[row[column]].append(row)
    return grouped


def _alike(con: duckdb.DuckDBPyConnection, invoice_number: str) -> str:
    numbers = [
        row["invoice_number"]
        for row in rows(con, "select invoice_number from ledger.documents", [])
    ]
    if not numbers:
        return ": none was issued yet"
    alike = difflib.get_close_matches(invoice_number, numbers, _SUGGESTED, 0.0)
    return f"; there are {', '.join(alike)}"
