"""What a warehouse has issued and held, in the words of the reference, company by company."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from tests.control_totals.world import World
from tests.reference.books import Books
from tests.reference.documents import Document
from tests.reference.landing import read_lots
from tests.reference.records import Rows
from tests.reference.terms import Group

Fact = tuple[Any, ...]

# On which balances are compared.
BALANCE_DAYS = [date(2023, 12, 20) + timedelta(days=7 * week) for week in range(80)]
# What the lines of allowances say of them.
LEVELS = {"line", "invoice"}


class Position(NamedTuple):
    """Everything about a company that a close may change, as facts that can be compared."""

    facts: frozenset[Fact]

    @property
    def ledger(self) -> frozenset[Fact]:
        """What was issued, without who is held and what follows from it."""
        return frozenset(fact for fact in self.facts if fact[0] not in {"held", "balance"})

    def differences(self, other: "Position") -> list[str]:
        """What the one has and the other has not, in words."""
        words = [(fact, "issued") for fact in self.facts - other.facts]
        words += [(fact, "expected") for fact in other.facts - self.facts]
        return [f"{word}: {' '.join(map(str, fact))}" for fact, word in sorted(words, key=str)]


def issued(world: World) -> dict[str, Position]:
    """The ledger, and who is held, by company."""
    held = world.warehouse("select distinct payer_account_id from intermediate.int_account_errors")
    balances = world.warehouse(
        f"""
        with days as (
            select cast(unnest({[str(on) for on in BALANCE_DAYS]}) as date) as on_day
        )

        select
            balances.credit_id, days.on_day, balances.balance_amount
        from marts.prepaid_balances as balances
        inner join days
            on balances.event_on <= days.on_day and balances.next_event_on > days.on_day
        where balances.balance_amount != 0
        """
    )
    facts = [*_issued_facts(world), *(("held", *row) for row in held)]
    return _by_company([*facts, *(("balance", *row[:2], _plain(row[2])) for row in balances)])


def issued_when_killed(world: World) -> dict[str, Position]:
    """The ledger by company, if there is a ledger yet."""
    is_created = world.home.joinpath("warehouse.duckdb").exists() and world.warehouse(
        "select 1 from duckdb_tables() where schema_name = 'ledger' and table_name = 'taxes'"
    )
    return _by_company(_issued_facts(world)) if is_created else {}


def _by_company(facts: Iterable[Fact]) -> dict[str, Position]:
    found: dict[str, set[Fact]] = defaultdict(set)
    for fact in facts:
        found[str(fact[1]).partition("-")[0]].add(fact)
    return {name: Position(frozenset(facts)) for name, facts in found.items()}


def expected(books: Books, held: set[str], rows: Rows) -> Position:
    """The same of the reference's ledger, when these rows have landed."""
    facts: set[Fact] = {("held", payer) for payer in held}
    lots = {lot.credit_id: lot for lot in read_lots(rows)}
    for credit_id in {*lots, *books.credit.lots}:
        for on in BALANCE_DAYS:
            if balance := books.credit.balance(lots, credit_id, on):
                facts.add(("balance", credit_id, on, _plain(balance)))
    for document in books.documents:
        facts.update(_of_document(books, document))
    for drawn in books.credit.drawdowns:
        facts.add(
            (
                "drawdown",
                *drawn.document.split(" "),
                drawn.credit_id,
                drawn.drawn_by.partition(" ")[2],
                _plain(drawn.amount),
                _plain(drawn.balance),
            )
        )
    return Position(frozenset(facts))


def _of_document(books: Books, document: Document) -> Iterator[Fact]:
    group, number = document.group, document.number
    name = (group.entity_id, number)
    total, prepaid = document.total_amount, books.credit.prepaid_amount(document)
    accounting = document.accounting_tax_amount
    yield (
        "document",
        *name,
        document.document_type,
        *group[1:],
        document.bill_date,
        document.issue_date,
        document.due_date,
        document.period_start,
        len(document.lines),
        document.conversion.currency if document.conversion else None,
        None if accounting is None else _plain(accounting),
        *map(_plain, (document.net_amount, document.allowance_amount, document.tax_amount)),
        *map(_plain, (total, prepaid, total - prepaid)),
    )
    for line in document.lines:
        yield (
            "line",
            *name,
            line.key.item.subscription_id,
            line.key.item.charge_id,
            line.service.start,
            line.key.item.currency,
            line.key.item.group_value,
            *((line.key.level, line.key.source_id) if line.key.level in LEVELS else ("", "")),
            line.account_id,
            line.line_type,
            line.service.end,
            *map(_plain, (line.quantity, line.net_amount)),
            *map(_plain, (line.previous_worth, line.present_worth)),
            line.corrects,
            line.tax.category,
            _plain(line.tax.rate),
        )
    for tax_key, amounts in document.taxes.items():
        yield ("tax", *name, tax_key.category, _plain(tax_key.rate), *map(_plain, amounts))


def _plain(number: Decimal) -> str:
    """A number in one way of writing it."""
    return f"{number.normalize():f}" if number else "0"


def _issued_facts(world: World) -> Iterator[Fact]:
    documents = world.warehouse(
        f"""
        select
            entity_id, invoice_number, document_type, {", ".join(Group._fields[1:])},
            bill_date, issue_date, due_date, period_start, line_count,
            accounting_currency, accounting_tax_amount,
            net_amount, allowance_amount, tax_amount,
            total_amount, prepaid_amount, due_amount
        from ledger.documents
        """
    )
    lines = world.warehouse(
        """
        select
            documents.entity_id, documents.invoice_number,
            coalesce(lines.subscription_id, ''),
            case
                when lines.description like '%-o%' then lines.description
                else coalesce(lines.charge_id, '')
            end,
            lines.service_start, lines.currency, lines.group_value,
            coalesce(lines.allowance_level, ''), coalesce(lines.allowance_id, ''),
            lines.account_id, lines.line_type, lines.service_end,
            lines.quantity, lines.net_amount, lines.previous_worth, lines.present_worth,
            coalesce(corrected.invoice_number, ''), lines.tax_category, lines.tax_rate
        from ledger.lines as lines
        inner join ledger.documents as documents on lines.invoice_id = documents.invoice_id
        left join ledger.documents as corrected
            on lines.corrects_invoice_id = corrected.invoice_id
        """
    )
    taxes = world.warehouse(
        """
        select
            documents.entity_id, documents.invoice_number,
            taxes.tax_category, taxes.tax_rate, taxes.taxable_amount, taxes.tax_amount
        from ledger.taxes as taxes
        inner join ledger.documents as documents on taxes.invoice_id = documents.invoice_id
        """
    )
    drawdowns = world.warehouse(
        """
        select
            documents.entity_id, documents.invoice_number, drawdowns.credit_id,
            coalesce(drawn_by.invoice_number, ''),
            drawdowns.drawn_amount, drawdowns.balance_amount
        from ledger.drawdowns as drawdowns
        inner join ledger.documents as documents
            on drawdowns.invoice_id = documents.invoice_id
        left join ledger.documents as drawn_by
            on drawdowns.drawn_by_invoice_id = drawn_by.invoice_id
        """
    )
    facts = {"document": documents, "line": lines, "tax": taxes, "drawdown": drawdowns}
    for word, rows in facts.items():
        for row in rows:
            yield (word, *(_plain(cell) if isinstance(cell, Decimal) else cell for cell in row))
