"""The document: everything an invoice or a credit note shows, as plain data.

Amounts are exact decimals in the document's currency, dates that end a period
are the first day after it. Nothing is computed from them: every sum that a
document shows is a field here.
"""

from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Literal, TypeVar

DocumentKind = Literal["invoice", "credit_note"]
_Part = TypeVar(
    "_Part",
    "Line",
    "AccountLines",
    "ServiceSection",
    "TaxGroup",
    "Totals",
    "Drawdown",
    "AccountTotal",
)


class DocumentError(Exception):
    """A document cannot be shown as it stands; the message says why."""


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; any part may be missing."""

    street: str | None = None
    street_2: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country_code: str | None = None


@dataclass(frozen=True, slots=True)
class Seller:
    """Who issues the document, as it was on that day (EN 16931 BG-4).

    `late_penalty_rate` is in percent a year, `recovery_fee` in the seller's
    `currency`; `operation_category` is B (goods), S (services) or M (both). An
    `electronic_address` (BT-34, and the buyer's BT-49) is its scheme, a colon and
    the address: 0225:012045878.
    """

    entity_id: str
    name: str
    address: Address
    currency: str
    registration_id: str | None = None
    register_city: str | None = None
    legal_form: str | None = None
    share_capital: str | None = None
    vat_id: str | None = None
    email: str | None = None
    phone: str | None = None
    electronic_address: str | None = None
    iban: str | None = None
    bic: str | None = None
    creditor_id: str | None = None
    late_penalty_rate: Decimal | None = None
    recovery_fee: Decimal | None = None
    early_payment_terms: str | None = None
    is_vat_on_debits: bool = False
    operation_category: str | None = None
    terms: str | None = None


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who receives and pays the document, as it was on that day (BG-7)."""

    account_id: str
    name: str
    address: Address
    delivery_address: Address | None = None
    registration_id: str | None = None
    vat_id: str | None = None
    email: str | None = None
    electronic_address: str | None = None
    buyer_reference: str | None = None
    contract_reference: str | None = None
    payment_reference: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """What names the document and places it in time.

    `currency` is ISO 4217 and `minor_units` its number of decimals; `locale`
    is the reader's, such as fr_FR.
    """

    invoice_id: str
    number: str
    kind: DocumentKind
    issue_date: date
    due_date: date
    bill_date: date
    period_start: date
    period_end: date
    currency: str
    minor_units: int
    locale: str
    payment_method: str
    purchase_order: str | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of how an amount was reached; bounds are (tier_start, tier_end].

    The price is that of a unit, of a package of `package_size` units, or the
    `rate` in percent.
    """

    tier_start: Decimal
    tier_end: Decimal | None
    quantity: Decimal
    unit_price: Decimal | None
    flat_price: Decimal | None
    amount: Decimal
    package_size: Decimal | None = None
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Proration:
    """The part of a period that is paid for, in days.

    They are those of the calendar, unless the seller counts months of 30 days
    and so arrives at another number. `explains_amount` says that quantity, price and
    this part, rounded once, are the line's amount and nothing else decided it.
    """

    numerator: int
    denominator: int
    has_calendar_days: bool = True
    explains_amount: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """What an adjustment corrects: the document, the old worth and the new.

    Worths are the item's own and keep their sign on a credit note.
    """

    number: str | None
    issue_date: date | None
    previous_worth: Decimal
    present_worth: Decimal


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a true-up fills: the least amount of its period, what was reached, what is missing.

    They are the period's own, and keep their sign on a credit note.
    """

    committed_amount: Decimal
    reached_amount: Decimal
    missing_amount: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One line (BG-25).

    `included_units` of the quantity cost nothing, as the plan includes them;
    `line_type` is recurring, usage, one_time, adjustment, allowance or true_up;
    `pricing_basis` is what besides quantity and price decided the amount:
    minimum, maximum, pool, rating_period or events.
    """

    line_number: int
    line_type: str
    description: str
    net_amount: Decimal
    tax_category: str
    tax_rate: Decimal
    plan_name: str | None = None
    subscription_id: str | None = None
    charge_id: str | None = None
    group_value: str | None = None
    service_start: date | None = None
    service_end: date | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    unit_price: Decimal | None = None
    included_units: Decimal | None = None
    proration: Proration | None = None
    tiers: tuple[Tier, ...] = ()
    pricing_basis: str | None = None
    correction: Correction | None = None
    commitment: Commitment | None = None


@dataclass(frozen=True, slots=True)
class AccountLines:
    """The lines of one service that one account consumed.

    `account_name` is set where the document bills more than the payer itself.
    """

    account_name: str | None
    net_amount: Decimal
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ServiceSection:
    """The lines of one service and their sum; a service may have no name."""

    service: str | None
    net_amount: Decimal
    accounts: tuple[AccountLines, ...]


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """The tax of one category and rate (BG-23); the rate is in percent."""

    tax_category: str
    tax_rate: Decimal
    taxable_amount: Decimal
    tax_amount: Decimal
    exemption_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """The document's totals (BG-22); due is total less prepaid.

    `accounting_tax_amount` is the tax in the seller's currency (BT-111), where
    the document is in another one; `exchange_rate` says how much of it one unit
    of the document's is worth, where that is one rate. `lines_amount` (BT-106) less
    `allowance_amount` (BT-107) is `net_amount`.
    """

    net_amount: Decimal
    allowance_amount: Decimal
    tax_amount: Decimal
    total_amount: Decimal
    prepaid_amount: Decimal
    due_amount: Decimal
    accounting_currency: str | None = None
    exchange_rate: Decimal | None = None
    accounting_tax_amount: Decimal | None = None
    lines_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Drawdown:
    """What a lot of prepaid credit paid, or got back, and the `balance` it had then.

    A lot that expires is used before `expires_on`.
    """

    credit_id: str
    description: str | None
    drawn_amount: Decimal
    balance: Decimal
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """What one account of a family consumed on the document, all services together."""

    account_name: str
    net_amount: Decimal


@dataclass(frozen=True, slots=True)
class ServiceChange:
    """What a service came to on the previous document and on this one, without tax.

    None where the document has no line of it; a service may have no name.
    """

    service: str | None
    previous_amount: Decimal | None
    present_amount: Decimal | None
    difference_amount: Decimal


@dataclass(frozen=True, slots=True)
class Comparison:
    """The invoice set beside the one before it of the same group; totals with tax.

    `changes` are the services that differ most, the greatest difference first.
    """

    number: str
    issue_date: date
    previous_total_amount: Decimal
    difference_amount: Decimal
    changes: tuple[ServiceChange, ...]


@dataclass(frozen=True, slots=True)
class UsageDay:
    """What was used on a day, and on the day at the same place of the cycle before.

    A day is None where one of the cycles is shorter; a quantity where nothing was used.
    """

    day: date | None
    quantity: Decimal | None
    previous_day: date | None = None
    previous_quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class UsageChart:
    """A charge's usage by day, of all its lines of one cycle: the days add up to `quantity`.

    Both periods are half-open; the previous one is None where nothing was billed for it.
    """

    service: str | None
    description: str
    unit: str | None
    period_start: date
    period_end: date
    quantity: Decimal
    days: tuple[UsageDay, ...]
    previous_start: date | None = None
    previous_end: date | None = None
    previous_quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """An issued document, complete.

    `allowances` are taken off all of it (BG-20), one for each rate of tax; those of
    a line stand under it. `account_totals` has every account of a family, and is
    empty where the payer alone consumed. `carried_from` is the bill date from which
    a negative balance comes that was not paid out then.
    """

    header: Header
    seller: Seller
    buyer: Buyer
    sections: tuple[ServiceSection, ...]
    taxes: tuple[TaxGroup, ...]
    totals: Totals
    drawdowns: tuple[Drawdown, ...] = ()
    allowances: tuple[Line, ...] = ()
    account_totals: tuple[AccountTotal, ...] = ()
    comparison: Comparison | None = None
    charts: tuple[UsageChart, ...] = ()
    carried_from: date | None = None


def as_shown(document: Document) -> Document:
    """The document with the signs that its reader sees.

    The ledger keeps a credit note negative; type 381 shows what is given back
    as positive (EN 16931). Prices, steps of a calculation and the worths of a
    correction describe items, not the document: they stay as they are.
    """
    if document.header.kind == "invoice":
        return document
    sections = tuple(
        replace(
            _negated(section),
            accounts=tuple(
                replace(_negated(account), lines=tuple(_negated(line) for line in account.lines))
                for account in section.accounts
            ),
        )
        for section in document.sections
    )
    return replace(
        document,
        sections=sections,
        taxes=tuple(_negated(tax) for tax in document.taxes),
        totals=_negated(document.totals),
        drawdowns=tuple(_negated(drawdown) for drawdown in document.drawdowns),
        allowances=tuple(_negated(allowance) for allowance in document.allowances),
        account_totals=tuple(_negated(account) for account in document.account_totals),
    )


def _negated(part: _Part) -> _Part:
    """The part with its amounts and its quantity turned; exact, and 0 stays 0."""
    turned = {
        field.name: value.copy_negate()
        for field in fields(part)
        if field.name == "quantity" or field.name.endswith("_amount")
        if (value := getattr(part, field.name))
    }
    return replace(part, **turned)
