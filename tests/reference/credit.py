"""Prepaid credit in plain Python: what documents draw, what credit notes return (rule 45)."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .arithmetic import EXACT, MINOR_UNITS
from .documents import ZERO, Document, Line, tax_on
from .records import Lot
from .terms import Tax
from .worths import Key


class Drawdown(NamedTuple):
    """What a document drew of a lot, or gave back of what another drew."""

    document: str
    credit_id: str
    drawn_by: str
    bill_date: date
    amount: Decimal
    balance: Decimal


@dataclass
class Taking:
    """A line of a credit note, and what of it is left to give back."""

    note: Document
    line: Line
    left: Decimal
    drawn_by: list[str]


@dataclass
class Credit:
    """All drawdowns of a company in order, and the lots that were drawn."""

    drawdowns: list[Drawdown] = field(default_factory=list)
    lots: dict[str, Lot] = field(default_factory=dict)

    def settle(
        self,
        lots: Sequence[Lot],
        documents: Sequence[Document],
        billed_by: Callable[[Key], set[str]],
    ) -> None:
        """What a payer's documents of a run draw, in number order, after what is given back."""
        self._give_back([each for each in documents if each.total_amount < 0], billed_by)
        for document in documents:
            if document.total_amount > 0:
                self._pay(lots, document)

    def prepaid_amount(self, document: Document) -> Decimal:
        """What a document drew or, negative, gave back (BT-113)."""
        own = (each.amount for each in self.drawdowns if each.document == document.name)
        return sum(own, ZERO)

    def _left_of(self, drawn_by: str) -> dict[str, Decimal]:
        """What each lot still has paid of a document, the last one drawn first."""
        left: dict[str, Decimal] = {}
        for each in self.drawdowns:
            if drawn_by == (each.drawn_by or each.document):
                left[each.credit_id] = left.get(each.credit_id, ZERO) + each.amount
        return dict(reversed([(lot, amount) for lot, amount in left.items() if amount]))

    def _give_back(self, notes: Sequence[Document], billed_by: Callable[[Key], set[str]]) -> None:
        """The latest corrected document first, at most what lines take back, tax included."""
        drawing = list(dict.fromkeys(each.document for each in self.drawdowns if each.amount > 0))
        takings = [
            taking for note in notes for taking in _takings(note, drawing, billed_by, self._left_of)
        ]
        # Lines that correct no earlier document have no other chance.
        takings.sort(key=lambda each: -min(drawing.index(name) for name in each.drawn_by))
        for drawn_by in reversed(drawing):
            of_document = [each for each in takings if drawn_by in each.drawn_by]
            of_document.sort(key=lambda each: notes.index(each.note))
            for taking in of_document:
                for credit_id, drawn in self._left_of(drawn_by).items():
                    back = min(drawn, taking.left)
                    if back > 0:
                        taking.left -= back
                        self._move(taking.note, credit_id, drawn_by, -back)

    def _pay(self, lots: Sequence[Lot], document: Document) -> None:
        """Lower priority first, then what expires earlier, then what is older."""
        asked = document.total_amount
        for lot in sorted(lots, key=_draw_order):
            is_usable = lot.granted_on <= document.bill_date < lot.expires_on
            if lot.currency != document.group.currency or not is_usable:
                continue
            paid = min(asked, _whole_units(lot) - self.drawn(lot.credit_id))
            if paid > 0:
                asked -= paid
                self.lots[lot.credit_id] = lot
                self._move(document, lot.credit_id, "", paid)

    def drawn(self, credit_id: str, by: date = date.max) -> Decimal:
        """What is drawn of a lot by a day, less what was given back."""
        own = (each for each in self.drawdowns if each.credit_id == credit_id)
        return sum((each.amount for each in own if each.bill_date <= by), ZERO)

    def balance(self, lots: Mapping[str, Lot], credit_id: str, on: date) -> Decimal:
        """What is left of a lot on a day; `lots` are those that were not withdrawn."""
        lot = lots.get(credit_id) or self.lots[credit_id]
        ends_on = lot.expires_on
        if credit_id not in lots:
            # What is left of one that was withdrawn is gone with its last drawdown.
            draws = (each for each in self.drawdowns if not each.drawn_by)
            ends_on = max(each.bill_date for each in draws if each.credit_id == credit_id)
        is_there = lot.granted_on <= on < ends_on
        return _whole_units(lot) - self.drawn(credit_id, on) if is_there else ZERO

    def _move(self, document: Document, credit_id: str, drawn_by: str, amount: Decimal) -> None:
        """One row for all that a document draws of a lot, or gives back of a document's."""
        place = (document.name, credit_id, drawn_by)
        same = [each for each in self.drawdowns if each[:3] == place]
        for each in same:
            self.drawdowns.remove(each)
            amount += each.amount
        balance = _whole_units(self.lots[credit_id]) - self.drawn(credit_id) - amount
        self.drawdowns.append(Drawdown(*place, document.bill_date, amount, balance))


def _takings(
    note: Document,
    drawing: Sequence[str],
    billed_by: Callable[[Key], set[str]],
    left_of: Callable[[str], dict[str, Decimal]],
) -> Iterator[Taking]:
    """What each line of a credit note takes back of documents that drew credit."""
    budget = -note.total_amount
    bases: dict[Tax, Decimal] = defaultdict(Decimal)
    worths: dict[Tax, Decimal] = defaultdict(Decimal)
    for line in note.lines:
        if line.net_amount >= 0:
            continue
        drawn_by = [name for name in drawing if name in billed_by(line.key) and left_of(name)]
        if drawn_by:
            bases[line.tax] -= line.net_amount
            base = bases[line.tax]
            through = base + tax_on(base, line.tax, note.group.currency)
            taken_back = min(through - worths[line.tax], budget)
            worths[line.tax] = through
            budget -= taken_back
            yield Taking(note, line, taken_back, drawn_by)


def _draw_order(lot: Lot) -> tuple[object, ...]:
    return lot.priority, lot.expires_on, lot.granted_on, lot.credit_id


def _whole_units(lot: Lot) -> Decimal:
    """Less than a minor unit pays nothing."""
    places = MINOR_UNITS.get(lot.currency, 2)
    units = lot.amount * 10**places
    return EXACT.scaleb(Decimal(units.numerator // units.denominator), -places)
