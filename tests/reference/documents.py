"""What a document says: its lines, taxes and totals (EN 16931's arithmetic, rule 42)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .arithmetic import to_money
from .periods import Span
from .terms import Conversion, Group, Tax
from .worths import Key

ZERO = Decimal(0)


class Line(NamedTuple):
    """What a document says of an item."""

    key: Key
    account_id: str
    line_type: str
    service: Span
    quantity: Decimal
    net_amount: Decimal
    previous_worth: Decimal
    present_worth: Decimal
    corrects: str
    tax: Tax


@dataclass(frozen=True)
class Document:
    """An invoice or a credit note; `number` is empty until it is issued.

    One that is converted has the exchange rate of each line.
    """

    group: Group
    document_type: str
    bill_date: date
    issue_date: date
    period_start: date
    lines: tuple[Line, ...]
    taxes: dict[Tax, tuple[Decimal, Decimal]]
    conversion: Conversion | None = None
    exchange_rates: tuple[Fraction, ...] = ()
    number: str = ""

    @property
    def name(self) -> str:
        """Number and seller."""
        return f"{self.group.entity_id} {self.number}"

    @property
    def due_date(self) -> date:
        """Issue and terms (rule 30)."""
        return self.issue_date + timedelta(days=self.group.payment_terms_days)

    @property
    def net_amount(self) -> Decimal:
        """All lines (BT-109)."""
        return sum((line.net_amount for line in self.lines), ZERO)

    @property
    def allowance_amount(self) -> Decimal:
        """What is taken off the invoice (BT-107)."""
        return -sum((line.net_amount for line in self.lines if line.key.level == "invoice"), ZERO)

    @property
    def tax_amount(self) -> Decimal:
        """All taxes (BT-110)."""
        return sum((amount for _, amount in self.taxes.values()), ZERO)

    @property
    def total_amount(self) -> Decimal:
        """What is owed, by whatever it is paid (BT-112)."""
        return self.net_amount + self.tax_amount

    @property
    def accounting_tax_amount(self) -> Decimal | None:
        """All taxes in the seller's currency, each rounded once (BT-111)."""
        if self.conversion is None:
            return None
        stated = [
            to_money(self._converted(tax), self.conversion.currency)
            for tax in self.taxes
            if tax.rate
        ]
        return sum(stated, ZERO)

    def _converted(self, tax: Tax) -> Fraction:
        """A rate's tax, that of corrections at the exchange rate of what they correct."""
        bases: dict[Fraction, Decimal] = defaultdict(Decimal)
        for line, exchange_rate in zip(self.lines, self.exchange_rates, strict=True):
            if line.tax == tax:
                bases[exchange_rate] += line.net_amount
        return sum(
            (
                Fraction(tax_on(base, tax, self.group.currency)) * exchange_rate
                for exchange_rate, base in bases.items()
            ),
            Fraction(0),
        )


def taxes(lines: Sequence[Line], currency: str) -> dict[Tax, tuple[Decimal, Decimal]]:
    """Taxable amount and tax per category and rate, rounded once (BR-CO-17)."""
    bases: dict[Tax, Decimal] = defaultdict(Decimal)
    for line in lines:
        bases[line.tax] += line.net_amount
    return {tax: (base, tax_on(base, tax, currency)) for tax, base in bases.items()}


def tax_on(base: Decimal, tax: Tax, currency: str) -> Decimal:
    """The tax of a taxable amount."""
    return to_money(Fraction(base) * Fraction(tax.rate) / 100, currency)
