"""What `releve explain` answers: a document as a whole, or one of its lines, as text.

Not here: how an amount is worked out (working.py), what is read (records.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import duckdb

from orchestration.database import open_warehouse, warehouse_lock
from orchestration.defs.billing.ledger import create_ledger
from orchestration.explain.events import Event, events_of, has_listed_events
from orchestration.explain.figures import exact, number, rounded
from orchestration.explain.records import (
    Document,
    ExplainError,
    Line,
    Sources,
    read_document,
    read_lines,
    read_sources,
    rows,
)
from orchestration.explain.steps import Explanation, Step
from orchestration.explain.usage import explain_usage
from orchestration.explain.working import explain_amount
from orchestration.home import Home

_MARGIN = "  "


@dataclass(frozen=True)
class Answer:
    """The lines of text, and the sentences that turned out not to hold."""

    text: tuple[str, ...]
    broken: tuple[str, ...]


def explain(
    home: Home, invoice_number: str, line_number: int | None = None, *, list_events: bool = False
) -> Answer:
    """A document, or one line of it, back to its landed rows. Raises ExplainError."""
    with warehouse_lock(home, "releve explain", print), open_warehouse(home) as con:
        create_ledger(con)
        _require_sources(con)
        document = read_document(con, invoice_number)
        sources = read_sources(con, [document.issued["invoice_id"]])
        lines = read_lines(con, document, sources)
        if line_number is None:
            return _answer(_heading(document), explain_document(con, document, sources))
        (line,) = read_lines(con, document, sources, line_number)
        explanation = explain_line(con, line, lines, sources, list_events=list_events)
        return _answer(_line_heading(document, line), explanation)


def _require_sources(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        con,
        "select 1 from duckdb_tables() where schema_name = 'marts' and table_name = 'line_sources'",
        [],
    )
    if not found:
        raise ExplainError("marts.line_sources is not built yet: close a date first")


def explain_line(
    con: duckdb.DuckDBPyConnection,
    line: Line,
    others: Sequence[Line],
    sources: Sources,
    *,
    list_events: bool = False,
) -> Explanation:
    """One line from its amount to its events; `others` are the lines of the document."""
    explanation = Explanation()
    present: list[Event] = []
    own: list[Event] = []
    if line.usage and has_listed_events(line):
        present, own = events_of(con, line, _earlier(con, line, sources))
    explain_amount(explanation, line, present, others)
    explain_usage(explanation, line, own, list_all=list_events)
    explanation.add("Its tax", list(_tax_of_line(line)))
    explanation.add(
        "The landed rows behind it",
        [Step(source.name, "", source.place) for source in line.sources],
    )
    return explanation


def _earlier(con: duckdb.DuckDBPyConnection, line: Line, sources: Sources) -> Line | None:
    """The line that billed the item before this one."""
    if len(line.history) == 1:
        return None
    before = line.history[-2]
    document = read_document(con, before["invoice_number"])
    return read_lines(con, document, sources, before["line_number"])[0]


def explain_document(
    con: duckdb.DuckDBPyConnection, document: Document, sources: Sources
) -> Explanation:
    """A document's lines, taxes and payment; each of its lines is explained and checked."""
    explanation = Explanation()
    issued, money = document.issued, document.money
    lines = read_lines(con, document, sources)
    explanation.add(
        "Its lines",
        [
            *(
                Step(
                    f"{line.issued['line_number']:>3}  {line.issued['description']}"
                    f" ({line.issued['line_type']}, {line.issued['account_id']},"
                    f" from {line.issued['service_start']})",
                    money(line.issued["net_amount"]),
                )
                for line in lines
            ),
            Step("without tax", money(issued["net_amount"])),
        ],
    )
    net = sum((exact(line.issued["net_amount"]) for line in lines), Fraction(0))
    explanation.check(
        f"the {len(lines)} lines add up to {money(net)}", holds=net == exact(issued["net_amount"])
    )
    for line in lines:
        of_line = explain_line(con, line, lines, sources)
        for sentence in of_line.broken:
            explanation.check(f"line {line.issued['line_number']}: {sentence}", holds=False)
    whole = not explanation.broken
    explanation.check("each line adds up from its parts", holds=whole)
    _explain_taxes(explanation, document, lines)
    _explain_payment(explanation, con, document)
    return explanation


def _explain_taxes(explanation: Explanation, document: Document, lines: Sequence[Line]) -> None:
    money = document.money
    steps = []
    for tax in document.taxes:
        base = sum(
            (
                exact(line.issued["net_amount"])
                for line in lines
                if line.issued["tax_category"] == tax["tax_category"]
                and line.issued["tax_rate"] == tax["tax_rate"]
            ),
            Fraction(0),
        )
        rate = exact(tax["tax_rate"])
        amount = rounded(base * rate / 100, money.minor_units)
        reason = f", {tax['exemption_reason']}" if tax["exemption_reason"] else ""
        steps.append(
            Step(
                f"category {tax['tax_category']}: {number(rate)} % of {money(base)}{reason}",
                money(tax["tax_amount"]),
            )
        )
        explanation.check(
            f"{number(rate)} % of {money(base)} are {money(tax['tax_amount'])}",
            holds=base == exact(tax["taxable_amount"]) and amount == exact(tax["tax_amount"]),
        )
    steps.append(Step("with tax", money(document.issued["total_amount"])))
    explanation.add("Its tax", steps)
    tax_amount = sum((exact(tax["tax_amount"]) for tax in document.taxes), Fraction(0))
    explanation.check(
        f"net and tax are {money(document.issued['total_amount'])}",
        holds=exact(document.issued["net_amount"]) + tax_amount
        == exact(document.issued["total_amount"]),
    )


def _explain_payment(
    explanation: Explanation, con: duckdb.DuckDBPyConnection, document: Document
) -> None:
    """What prepaid credit paid of it, lot by lot, and what is left to pay."""
    issued, money = document.issued, document.money
    steps = []
    for drawn in document.drawdowns:
        landed = rows(
            con,
            "select source_file, source_row from raw.prepaid_credits"
            " where credit_id = ? and not coalesce(withdrawn, false)",
            [drawn["credit_id"]],
        )
        back = f", given back of {drawn['drawn_by_number']}" if drawn["drawn_by_number"] else ""
        steps.append(
            Step(
                f"lot {drawn['credit_id']} of {money(drawn['granted_amount'])}{back},"
                f" {money(drawn['balance_amount'])} left",
                money(-drawn["drawn_amount"]),
                f"{landed[0]['source_file']} row {landed[0]['source_row']}" if landed else "",
            )
        )
    paid = sum((exact(drawn["drawn_amount"]) for drawn in document.drawdowns), Fraction(0))
    explanation.add("Prepaid credit", steps)
    explanation.add("To pay", [Step(f"by {issued['due_date']}", money(issued["due_amount"]))])
    explanation.check(
        f"less prepaid credit, {money(issued['due_amount'])} are due",
        holds=paid == exact(issued["prepaid_amount"])
        and exact(issued["total_amount"]) - paid == exact(issued["due_amount"]),
    )


def _tax_of_line(line: Line) -> Iterator[Step]:
    issued = line.issued
    rate = line.source("tax_rates")
    reason = f", {issued['exemption_reason']}" if issued["exemption_reason"] else ""
    yield Step(
        f"category {issued['tax_category']}, {number(issued['tax_rate'])} %{reason};"
        " added on the document, once for all lines of the rate",
        "",
        rate.place if rate else "",
    )


def _heading(document: Document) -> Iterator[str]:
    issued, run = document.issued, document.run
    kind = issued["document_type"].replace("_", " ").capitalize()
    yield f"{kind} {issued['invoice_number']} of {issued['issue_date']}"
    yield (
        f"{_MARGIN}issued by {issued['entity_id']} to {issued['account_id']} for the bill date"
        f" {issued['bill_date']}"
    )
    yield (
        f"{_MARGIN}bill run {run['bill_run_id']}, which saw what had landed up to file"
        f" {run['landing_id']}"
    )


def _line_heading(document: Document, line: Line) -> Iterator[str]:
    issued = line.issued
    yield (
        f"{document.issued['invoice_number']} of {document.issued['issue_date']}, line"
        f" {issued['line_number']} of {document.issued['line_count']}: {issued['description']}"
    )
    whose = [f"account {issued['account_id']} {issued['account_name']}"]
    whose += [
        f"{name} {issued[f'{name}_id']}"
        for name in ("subscription", "plan", "charge")
        if issued[f"{name}_id"]
    ]
    if issued["group_value"]:
        whose.append(f"for {issued['group_value']}")
    yield f"{_MARGIN}{', '.join(whose)}"
    days = (issued["service_end"] - issued["service_start"]).days
    yield (
        f"{_MARGIN}{issued['line_type']}, from {issued['service_start']} up to, not including,"
        f" {issued['service_end']} ({days} {'day' if days == 1 else 'days'})"
    )
    if line.history[1:]:
        first = line.history[0]
        yield f"{_MARGIN}corrects what {first['invoice_number']} billed first"
    yield f"{_MARGIN}{document.money(issued['net_amount'])} without tax"


def _answer(heading: Iterator[str], explanation: Explanation) -> Answer:
    text = list(heading)
    steps = [step for _, section in explanation.sections for step in section]
    left = max((len(step.words) for step in steps if step.figure), default=0)
    right = max(len(step.figure) for step in steps)
    for title, section in explanation.sections:
        text += ["", title]
        text += [
            f"{_MARGIN}{_cells(step, left, right)}  {step.source}".rstrip() for step in section
        ]
    text += ["", "Checked"]
    text += [
        f"{_MARGIN}{'holds' if check.holds else 'DOES NOT HOLD'}  {check.sentence}"
        for check in explanation.checks
    ]
    return Answer(tuple(text), tuple(explanation.broken))


def _cells(step: Step, left: int, right: int) -> str:
    """Words to the left, figures to the right; words without a figure may take both places."""
    if step.figure:
        return f"{step.words:<{left}}  {step.figure:>{right}}"
    return f"{step.words:<{left + 2 + right}}"
