"""The business terms of EN 16931 that a document fills, made once for both syntaxes.

Nothing is summed here but a line and its allowances, which the standard writes as
one (BG-25 with BG-27); every total is the document's. Terms whose data is missing
are left out. What French law wants (BR-FR, XP Z12-012) is said of a French seller.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from babel.numbers import get_currency_precision

from renderers import statements
from renderers.document import Address, Buyer, Document, Line, Seller, TaxGroup, as_shown
from renderers.einvoice.lines import ItemLine, item_lines
from renderers.einvoice.parties import FRANCE, Party, buyer_party, seller_party, siren
from renderers.einvoice.payments import Payment, payment, payment_terms
from renderers.einvoice.vat import exemption, has_rate
from renderers.einvoice.xml import clean, cleaned, exact
from renderers.formats import Formats
from renderers.theme import Theme
from renderers.wording import Catalogue, catalogue, locale_of

GUIDELINE = "urn:cen.eu:en16931:2017"

_OPERATIONS = frozenset({"B", "S", "M"})
_ISSUED, _PAID = "1", "2"


@dataclass(frozen=True, slots=True)
class Note:
    """BG-1: a text and the code of its subject."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Preceding:
    """BG-3: a document that this one corrects."""

    number: str
    issue_date: date | None


@dataclass(frozen=True, slots=True)
class Allowance:
    """BG-20: a discount on all of the document, of one category and rate."""

    amount: str
    reason: str
    category: str
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Tax:
    """BG-23: the VAT of one category and rate."""

    category: str
    rate: Decimal | None
    taxable_amount: str
    tax_amount: str
    reason: str | None
    reason_code: str | None


@dataclass(frozen=True, slots=True)
class Totals:
    """BG-22, as texts with the currency's decimals; None is left out."""

    lines_amount: str
    allowance_amount: str | None
    net_amount: str
    tax_amount: str
    accounting_tax_amount: str | None
    total_amount: str
    prepaid_amount: str | None
    due_amount: str


@dataclass(frozen=True, slots=True)
class Terms:
    """An invoice or credit note; each field is a term or a group of the standard."""

    number: str
    is_credit_note: bool
    issue_date: date
    due_date: date | None
    currency: str
    accounting_currency: str | None
    business_process: str | None
    notes: tuple[Note, ...]
    is_vat_due_on_issue: bool
    buyer_reference: str | None
    purchase_order: str | None
    contract_reference: str | None
    preceding: tuple[Preceding, ...]
    seller: Party
    buyer: Party
    delivery_address: Address
    first_day: date
    last_day: date
    payment: Payment | None
    payment_terms: str | None
    allowances: tuple[Allowance, ...]
    taxes: tuple[Tax, ...]
    totals: Totals
    lines: tuple[ItemLine, ...]


def terms(issued: Document, theme: Theme) -> Terms:
    """The terms of a document as the ledger holds it, in the wording of the seller's theme.

    Raises DocumentError when an amount does not fit its currency.
    """
    document = as_shown(issued)
    header, seller, buyer = document.header, document.seller, document.buyer
    locale = locale_of(header.locale)
    words = catalogue(locale.language).changed(theme.words(locale.language))
    first_day = words.text("form.first_of_month")
    formats = Formats(locale, header.currency, header.minor_units, first_day)
    seller_formats = Formats(
        locale, seller.currency, get_currency_precision(seller.currency), first_day
    )
    has_vat = all(has_rate(tax.tax_category) for tax in document.taxes)
    accounting_currency, accounting_tax_amount = _accounting(document)
    return Terms(
        number=header.number,
        is_credit_note=header.kind == "credit_note",
        issue_date=header.issue_date,
        due_date=header.due_date if header.kind == "invoice" else None,
        currency=header.currency,
        accounting_currency=accounting_currency,
        business_process=_business_process(document),
        notes=tuple(_notes(document, words, seller_formats)),
        is_vat_due_on_issue=seller.is_vat_on_debits,
        buyer_reference=cleaned(buyer.buyer_reference),
        purchase_order=cleaned(header.purchase_order),
        contract_reference=cleaned(buyer.contract_reference),
        preceding=_preceding(document),
        seller=seller_party(
            seller, has_vat=has_vat, legal_information=_legal_information(seller, words)
        ),
        buyer=buyer_party(buyer, has_vat=has_vat, needs_scheme=statements.is_french(seller)),
        delivery_address=buyer.delivery_address or buyer.address,
        first_day=header.period_start,
        last_day=max(header.period_start, header.period_end - timedelta(days=1)),
        payment=payment(document),
        payment_terms=payment_terms(document, words, formats),
        allowances=tuple(
            _allowance(line, words, header.minor_units) for line in document.allowances
        ),
        taxes=tuple(_tax(tax, header.minor_units) for tax in document.taxes),
        totals=_totals(document, accounting_tax_amount),
        lines=item_lines(document, words, formats),
    )


def _business_process(document: Document) -> str | None:
    """BT-23 (BR-FR-08): what is sold, and whether it is to be paid or was paid before."""
    seller, totals = document.seller, document.totals
    if not statements.is_french(seller) or seller.operation_category not in _OPERATIONS:
        return None
    is_paid = document.header.kind == "invoice" and totals.due_amount == 0 < totals.total_amount
    return f"{seller.operation_category}{_PAID if is_paid else _ISSUED}"


def _notes(document: Document, words: Catalogue, formats: Formats) -> Iterator[Note]:
    """BG-1: what late and early payment cost (BR-FR-05), who it is for (BR-FR-20), terms."""
    seller = document.seller
    said = {
        "PMT": statements.recovery_fee(seller, words, formats),
        "PMD": statements.late_penalty(seller, words, formats),
        "AAB": statements.early_payment(seller, words),
        "BAR": _addressee(document.buyer) if statements.is_french(seller) else None,
        "AAI": seller.terms,
    }
    for subject, text in said.items():
        if shown := clean(text):
            yield Note(subject, shown)


def _addressee(buyer: Buyer) -> str:
    """How the reform reports the document: to a French business, a foreign one, a consumer."""
    if buyer.address.country_code == FRANCE:
        return "B2B" if siren(buyer) else "B2C"
    return "B2BINT" if buyer.vat_id or buyer.registration_id else "B2CINT"


def _legal_information(seller: Seller, words: Catalogue) -> str | None:
    """BT-33: legal form, share capital and register."""
    french = "_fr" if statements.is_french(seller) else ""
    form, capital, city = seller.legal_form, seller.share_capital, seller.register_city
    if form and capital:
        form = words.text(f"parties.legal_form_capital{french}", legal_form=form, capital=capital)
    elif capital:
        form = words.text("parties.capital", capital=capital)
    register = words.text(f"parties.register{french}", city=city) if city else None
    return ", ".join(part for part in (form, register) if part) or None


def _preceding(document: Document) -> tuple[Preceding, ...]:
    lines = [
        *(line for section in document.sections for of in section.accounts for line in of.lines),
        *document.allowances,
    ]
    corrected = {
        line.correction.number: Preceding(line.correction.number, line.correction.issue_date)
        for line in lines
        if line.correction is not None and line.correction.number
    }
    return tuple(corrected.values())


def _allowance(line: Line, words: Catalogue, minor_units: int) -> Allowance:
    return Allowance(
        amount=exact(line.net_amount.copy_negate(), minor_units),
        reason=clean(line.description) or words.text("line_type.allowance"),
        category=line.tax_category,
        rate=line.tax_rate if has_rate(line.tax_category) else None,
    )


def _tax(tax: TaxGroup, minor_units: int) -> Tax:
    reason, reason_code = exemption(tax.tax_category, tax.exemption_reason)
    return Tax(
        category=tax.tax_category,
        rate=tax.tax_rate if has_rate(tax.tax_category) else None,
        taxable_amount=exact(tax.taxable_amount, minor_units),
        tax_amount=exact(tax.tax_amount, minor_units),
        reason=reason,
        reason_code=reason_code,
    )


def _accounting(document: Document) -> tuple[str | None, str | None]:
    """BT-6 and BT-111: the VAT in the seller's currency; none is none in any."""
    totals, seller = document.totals, document.seller
    currency, amount = totals.accounting_currency, totals.accounting_tax_amount
    if currency is None and totals.tax_amount == 0:
        currency, amount = seller.currency, Decimal(0)
    if currency is None or amount is None or currency == document.header.currency:
        return None, None
    return currency, exact(amount, get_currency_precision(currency))


def _totals(document: Document, accounting_tax_amount: str | None) -> Totals:
    totals, minor_units = document.totals, document.header.minor_units
    lines_amount = totals.lines_amount
    if lines_amount is None:
        lines_amount = totals.net_amount + totals.allowance_amount
    return Totals(
        lines_amount=exact(lines_amount, minor_units),
        allowance_amount=(
            exact(totals.allowance_amount, minor_units) if document.allowances else None
        ),
        net_amount=exact(totals.net_amount, minor_units),
        tax_amount=exact(totals.tax_amount, minor_units),
        accounting_tax_amount=accounting_tax_amount,
        total_amount=exact(totals.total_amount, minor_units),
        prepaid_amount=exact(totals.prepaid_amount, minor_units) if totals.prepaid_amount else None,
        due_amount=exact(totals.due_amount, minor_units),
    )
