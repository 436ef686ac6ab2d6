"""The reference's ledger: what each close of a company issues, in plain Python.

A bill is what should have been billed, minus what was billed (rules 30 to 46).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .arithmetic import to_money
from .families import Family, families
from .items import Item, ItemKey, worth
from .periods import Span
from .records import Row, Rows
from .terms import Group, Tax, Terms

ZERO = Decimal(0)


class Line(NamedTuple):
    """What a document says of an item."""

    key: ItemKey
    account_id: str
    line_type: str
    service_end: date
    quantity: Decimal
    net_amount: Decimal
    previous_worth: Decimal
    present_worth: Decimal
    corrects: str
    tax: Tax


@dataclass(frozen=True)
class Document:
    """An invoice or a credit note; `number` is empty until it is issued."""

    group: Group
    document_type: str
    bill_date: date
    issue_date: date
    period_start: date
    lines: tuple[Line, ...]
    taxes: dict[Tax, tuple[Decimal, Decimal]]
    number: str = ""

    @property
    def due_date(self) -> date:
        """Issue and terms (rule 30)."""
        return self.issue_date + timedelta(days=self.group.payment_terms_days)

    @property
    def net_amount(self) -> Decimal:
        """All lines (BT-109)."""
        return sum((line.net_amount for line in self.lines), ZERO)

    @property
    def tax_amount(self) -> Decimal:
        """All taxes (BT-110)."""
        return sum((amount for _, amount in self.taxes.values()), ZERO)


@dataclass(frozen=True)
class Outcome:
    """Which payers a close billed, which it held."""

    closed: set[str]
    held: set[str]


class Billed(NamedTuple):
    """What was billed for an item: the first document that did, and the last line."""

    amount: Decimal
    first_number: str
    last_line: Line


@dataclass
class Books:
    """What was issued to a company so far."""

    documents: list[Document] = field(default_factory=list)
    billed: dict[ItemKey, Billed] = field(default_factory=dict)
    closed: dict[str, date] = field(default_factory=dict)
    anchors: dict[str, date] = field(default_factory=dict)
    last_run_on: date = date.min

    def close(self, rows: Rows, on: date) -> Outcome:
        """Bill every payer that has a bill date after its last one, at or before a date.

        `rows` are all that landed, in order of landing.
        """
        outcome = Outcome(set(), set())
        if on < self.last_run_on:
            return outcome
        terms = Terms(rows)
        drafts: list[Document] = []
        for family in families(rows, terms, self.anchors):
            payer_id, cycle = family.payer_id, family.cycle_before(on)
            if cycle is None or cycle.end <= self.closed.get(payer_id, date.min):
                continue
            try:
                drafts += self._drafts(family, terms, cycle, on)
            except LookupError:
                outcome.held.add(payer_id)
                continue
            self._freeze(family, cycle.end, drafts)
            self.closed[payer_id] = cycle.end
            outcome.closed.add(payer_id)
        for entity_id in sorted({draft.group.entity_id for draft in drafts}):
            own = [draft for draft in drafts if draft.group.entity_id == entity_id]
            self._issue(own, terms.entities[entity_id])
        if outcome.closed:
            self.last_run_on = on
        return outcome

    def _drafts(self, family: Family, terms: Terms, cycle: Span, on: date) -> list[Document]:
        """The payer's documents, without numbers; LookupError holds the whole family (rule 32)."""
        family.require_known_plans(cycle.end)
        groups: dict[tuple[Group, bool], list[Line]] = defaultdict(list)
        for group, line in self._lines(family, terms, cycle.end):
            groups[group, _is_out_of_scope(line.tax)].append(line)
        drafts = [
            self._draft(terms, group, lines, cycle, on) for (group, _), lines in groups.items()
        ]
        return [each for each in drafts if not _is_carried_forward(each, family, terms)]

    def _freeze(self, family: Family, closed_on: date, drafts: list[Document]) -> None:
        """An anchor stays where a close found it (rule 2).

        Before the first day of an empty one nothing is closed, unless something was billed.
        """
        calendar = family.calendar
        is_billed = any(draft.group.account_id == family.payer_id for draft in drafts)
        if calendar and (is_billed or closed_on >= calendar.origin):
            self.anchors.setdefault(family.payer_id, calendar.origin)

    def _lines(self, family: Family, terms: Terms, until: date) -> Iterator[tuple[Group, Line]]:
        """The difference of every item that is due, or was billed."""
        present = worth(family.rows, until)
        before = {
            key: billed
            for key, billed in self.billed.items()
            if terms.payer_of(billed.last_line.account_id)[0] == family.payer_id
        }
        for key in sorted({*present, *before}):
            item, billed = present.get(key), before.get(key)
            if item is not None and terms.consumer_of(key) in family.strays:
                raise LookupError(f"the payer of {terms.consumer_of(key)} is unknown")
            worth_now = item.net_amount if item else ZERO
            if worth_now == (billed.amount if billed else ZERO):
                continue
            if billed:
                yield _adjustment(terms, key, item, billed)
            elif item:
                yield _first_line(terms, key, item)

    def _draft(
        self, terms: Terms, group: Group, lines: list[Line], cycle: Span, on: date
    ) -> Document:
        grace = timedelta(days=int(terms.entities[group.entity_id].get("grace_days") or 0))
        issued = [each for each in self.documents if each.group.entity_id == group.entity_id]
        taxes = _taxes(lines, group.currency)
        total = sum((line.net_amount for line in lines), ZERO)
        total += sum((amount for _, amount in taxes.values()), ZERO)
        first_day = min(line.key.service_start for line in lines)
        return Document(
            group=group,
            document_type="credit_note" if total < 0 else "invoice",
            bill_date=cycle.end,
            # Numbers are chronological, even when a seller shortens its grace.
            issue_date=max([on + grace, *(each.issue_date for each in issued)]),
            # From where the last close ended, on a first document from its first service (rule 30).
            period_start=self.closed.get(group.account_id, min(cycle.start, first_day)),
            lines=tuple(lines),
            taxes=taxes,
        )

    def _issue(self, drafts: list[Document], entity: Row) -> None:
        """Number a seller's documents (rule 46) and remember what they billed."""
        prefixes = {
            "invoice": entity.get("invoice_prefix") or "INV-",
            "credit_note": entity.get("credit_note_prefix") or "CN-",
        }
        for draft in sorted(drafts, key=_place):
            series = [
                each
                for each in self.documents
                if (each.group.entity_id, each.document_type, each.issue_date.year)
                == (draft.group.entity_id, draft.document_type, draft.issue_date.year)
            ]
            prefix, year = prefixes[draft.document_type], draft.issue_date.year
            document = replace(draft, number=f"{prefix}{year}-{len(series) + 1:06}")
            self.documents.append(document)
            for line in document.lines:
                before = self.billed.get(line.key, Billed(ZERO, document.number, line))
                amount = before.amount + line.net_amount
                self.billed[line.key] = Billed(amount, before.first_number, line)


def _first_line(terms: Terms, key: ItemKey, item: Item) -> tuple[Group, Line]:
    """An item that was not billed before."""
    account_id = terms.consumer_of(key)
    group = terms.group_of(key, account_id)
    return group, Line(
        key=key,
        account_id=account_id,
        line_type=terms.line_type_of(key),
        service_end=item.service_end,
        quantity=item.quantity,
        net_amount=item.net_amount,
        previous_worth=ZERO,
        present_worth=item.net_amount,
        corrects="",
        tax=terms.tax_of(key, group, item.bill_date),
    )


def _adjustment(
    terms: Terms, key: ItemKey, item: Item | None, billed: Billed
) -> tuple[Group, Line]:
    """The difference to what was billed (rule 43), at the tax of what it corrects.

    What was credited whole has no tax left to correct.
    """
    last = billed.last_line
    account_id = terms.consumer_of(key) if item else last.account_id
    group = terms.group_of(key, account_id)
    present = item.net_amount if item else ZERO
    return group, Line(
        key=key,
        account_id=account_id,
        line_type="adjustment",
        service_end=item.service_end if item else last.service_end,
        quantity=Decimal(1 if present > billed.amount else -1),
        net_amount=present - billed.amount,
        previous_worth=billed.amount,
        present_worth=present,
        corrects=billed.first_number,
        tax=last.tax if billed.amount or not item else terms.tax_of(key, group, item.bill_date),
    )


def _is_out_of_scope(tax: Tax) -> bool:
    """Nothing stands beside what is outside the scope of VAT (BR-O-11)."""
    return tax.category == "O"


def _place(draft: Document) -> tuple[Group, bool]:
    """A document's place in its run (rule 46)."""
    return draft.group, any(map(_is_out_of_scope, draft.taxes))


def _is_carried_forward(draft: Document, family: Family, terms: Terms) -> bool:
    """Rule 44: nothing is issued below zero, until the whole family has left."""
    policy = terms.entities[draft.group.entity_id].get("negative_invoice")
    return (
        draft.document_type == "credit_note"
        and policy == "carry_forward"
        and family.is_living(draft.bill_date)
    )


def _taxes(lines: Sequence[Line], currency: str) -> dict[Tax, tuple[Decimal, Decimal]]:
    """Taxable amount and tax per category and rate, rounded once (BR-CO-17)."""
    bases: dict[Tax, Decimal] = defaultdict(Decimal)
    for line in lines:
        bases[line.tax] += line.net_amount
    return {
        tax: (base, to_money(Fraction(base) * Fraction(tax.rate) / 100, currency))
        for tax, base in bases.items()
    }
