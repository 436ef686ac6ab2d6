"""The reference's ledger: what each close of a company issues, in plain Python.

A bill is what should have been billed, minus what was billed (rules 30 to 46).
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from .bills import should_have_been_billed, tax_of
from .credit import Credit
from .differences import Billed, credit_of, line_of
from .documents import ZERO, Document, Line, taxes
from .families import Family, families
from .periods import Span, add_months, length
from .records import Row, Rows
from .terms import Group, Tax, Terms
from .worths import Key, Worth


@dataclass(frozen=True)
class Outcome:
    """Which payers a close billed, which it held."""

    closed: set[str]
    held: set[str]


@dataclass
class Books:
    """What was issued to a company so far."""

    documents: list[Document] = field(default_factory=list)
    billed: dict[Key, Billed] = field(default_factory=dict)
    credit: Credit = field(default_factory=Credit)
    closed: dict[str, date] = field(default_factory=dict)
    closed_accounts: dict[str, date] = field(default_factory=dict)
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
        billed_families: list[Family] = []
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
            billed_families.append(family)
        issued: list[Document] = []
        for entity_id in sorted({draft.group.entity_id for draft in drafts}):
            own = [draft for draft in drafts if draft.group.entity_id == entity_id]
            issued += self._issue(own, terms.entities[entity_id])
        for family in billed_families:
            own = [each for each in issued if each.group.account_id == family.payer_id]
            self.credit.settle(family.company.lots, own, self._billed_by)
        self.documents += issued
        for document in issued:
            self._remember(document)
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
            self.closed_accounts |= dict.fromkeys(family.company.accounts, closed_on)

    def _lines(self, family: Family, terms: Terms, until: date) -> Iterator[tuple[Group, Line]]:
        """The difference of every item that is due, or was billed."""
        before = {
            key: billed
            for key, billed in self.billed.items()
            if terms.payer_of(billed.last_line.account_id)[0] == family.payer_id
        }
        # What was credited whole has no tax left to correct.
        taxes_billed = {key: each.last_line.tax for key, each in before.items() if each.amount}

        def standing(worth: Worth) -> Decimal:
            billed = before.get(worth.key)
            if self._is_too_old(terms, until, worth, billed):
                return billed.amount if billed else ZERO
            return worth.net_amount

        present = should_have_been_billed(family, terms, taxes_billed, standing, until)
        for key in sorted({*present, *before}):
            worth, billed = present.get(key), before.get(key)
            if worth is not None and worth.account_id in family.strays:
                raise LookupError(f"the payer of {worth.account_id} is unknown")
            worth_now = worth.net_amount if worth else ZERO
            if worth_now == (billed.amount if billed else ZERO):
                continue
            if self._is_too_old(terms, until, worth, billed):
                continue
            if worth:
                tax = tax_of(terms, worth, taxes_billed)
                yield worth.group, line_of(worth, tax, billed)
            elif billed:
                group = terms.group_of(key.item, billed.last_line.account_id)
                yield group, credit_of(billed)

    def _is_too_old(
        self, terms: Terms, until: date, worth: Worth | None, billed: Billed | None
    ) -> bool:
        """Whether what was closed ended before its seller's horizon of correction.

        A credit that may have been carried forward is not forgotten.
        """
        places = [each for each in (worth, billed.last_line if billed else None) if each]
        account_id = places[0].account_id
        entity = terms.entities[terms.accounts[account_id]["entity_id"]]
        if not entity.get("correction_horizon"):
            return False
        back = length(entity["correction_horizon"])
        corrected_from = add_months(until, -back.months) - timedelta(days=back.days)
        is_credit = (worth.net_amount if worth else ZERO) < (billed.amount if billed else ZERO)
        return (
            places[0].service.start < self.closed_accounts.get(account_id, date.min)
            and max(each.service.end for each in places) < corrected_from
            and not (is_credit and entity.get("negative_invoice") == "carry_forward")
        )

    def _billed_by(self, key: Key) -> set[str]:
        """The numbers of all documents that billed an item."""
        return {
            document.name
            for document in self.documents
            if any(line.key == key for line in document.lines)
        }

    def _draft(
        self, terms: Terms, group: Group, lines: list[Line], cycle: Span, on: date
    ) -> Document:
        grace = timedelta(days=int(terms.entities[group.entity_id].get("grace_days") or 0))
        issued = [each for each in self.documents if each.group.entity_id == group.entity_id]
        first_day = min(line.service.start for line in lines)
        # Numbers are chronological, even when a seller shortens its grace.
        issue_date = max([on + grace, *(each.issue_date for each in issued)])
        is_taxed = any(line.tax.rate for line in lines)
        conversion = terms.conversion(group, issue_date) if is_taxed else None
        document = Document(
            group=group,
            document_type="invoice",
            bill_date=cycle.end,
            issue_date=issue_date,
            # From where the last close ended, on a first document from its first service (rule 30).
            period_start=self.closed.get(group.account_id, min(cycle.start, first_day)),
            lines=tuple(lines),
            taxes=taxes(lines, group.currency),
            conversion=conversion,
            exchange_rates=tuple(
                self._exchange_rate(terms, group, line, conversion.rate)
                for line in lines
                if conversion
            ),
        )
        return (
            replace(document, document_type="credit_note")
            if document.total_amount < 0
            else document
        )

    def _exchange_rate(self, terms: Terms, group: Group, line: Line, rate: Fraction) -> Fraction:
        """That of the document that a line corrects, else today's."""
        for document in self.documents:
            if (document.number, document.group.entity_id) == (line.corrects, group.entity_id):
                with suppress(LookupError):
                    if then := terms.conversion(group, document.issue_date):
                        return then.rate
        return rate

    def _issue(self, drafts: list[Document], entity: Row) -> list[Document]:
        """Number a seller's documents (rule 46), credit notes first."""
        issued: list[Document] = []
        prefixes = {
            "invoice": entity.get("invoice_prefix") or "INV-",
            "credit_note": entity.get("credit_note_prefix") or "CN-",
        }
        for draft in sorted(drafts, key=lambda draft: (draft.document_type, *_place(draft))):
            series = [
                each
                for each in [*self.documents, *issued]
                if (each.group.entity_id, each.document_type, each.issue_date.year)
                == (draft.group.entity_id, draft.document_type, draft.issue_date.year)
            ]
            prefix, year = prefixes[draft.document_type], draft.issue_date.year
            issued.append(replace(draft, number=f"{prefix}{year}-{len(series) + 1:06}"))
        return issued

    def _remember(self, document: Document) -> None:
        """What a document billed for its items."""
        for line in document.lines:
            before = self.billed.get(line.key, Billed(ZERO, document.number, line))
            amount = before.amount + line.net_amount
            self.billed[line.key] = Billed(amount, before.first_number, line)


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
