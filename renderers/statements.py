"""What a document says in sentences: how to pay it, and what the law wants said.

Where French law fixes what holds when a seller states nothing (the rate of late
penalties, the recovery fee), a French seller's document states that; elsewhere
what the seller does not state is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from renderers.document import Document, Seller
from renderers.formats import Formats
from renderers.wording import Catalogue

_RECOVERY_FEE_FR = Decimal(40)  # Code de commerce, D441-5
_STATED_METHODS = frozenset({"bank_transfer", "sepa_debit", "card"})
_OPERATIONS = frozenset({"B", "S", "M"})
_IBAN_GROUP = 4


@dataclass(frozen=True, slots=True)
class Payment:
    """How to pay: a sentence, and what it refers to as labels and values."""

    sentence: str
    details: tuple[tuple[str, str], ...] = ()


def payment(document: Document, words: Catalogue, formats: Formats) -> Payment:
    """How the document is paid. Takes it as shown: a credit note is positive."""
    header = document.header
    if header.kind == "credit_note":
        return Payment(words.text("payment.credit"))
    if document.totals.due_amount <= 0:
        return Payment(words.text("payment.nothing"))
    method = header.payment_method
    sentence = words.text(
        f"payment.{method if method in _STATED_METHODS else 'other'}",
        amount=formats.money(document.totals.due_amount),
        date=formats.day(header.due_date),
        method=method,
    )
    details = {
        "bank_transfer": _transfer_details,
        "sepa_debit": _debit_details,
    }.get(method, _no_details)(document)
    return Payment(
        sentence,
        tuple((words.text(f"payment.{key}"), value) for key, value in details if value),
    )


def mentions(document: Document, words: Catalogue, seller_formats: Formats) -> tuple[str, ...]:
    """The legal mentions, one sentence each, in the order of reading.

    `seller_formats` write amounts in the seller's currency, that of its fees.
    """
    is_invoice = document.header.kind == "invoice"
    said = [*_operation(document.seller, words)]
    if is_invoice:
        said += _late_and_early_payment(document.seller, words, seller_formats)
    if document.seller.terms:
        said.append(document.seller.terms)
    return tuple(said)


def _operation(seller: Seller, words: Catalogue) -> Iterator[str]:
    if is_french(seller) and seller.operation_category in _OPERATIONS:
        yield words.text(f"mentions.operation_{seller.operation_category}")
    if seller.is_vat_on_debits:
        yield words.text("mentions.vat_on_debits")


def _late_and_early_payment(seller: Seller, words: Catalogue, formats: Formats) -> Iterator[str]:
    said = (
        early_payment(seller, words),
        late_penalty(seller, words, formats),
        recovery_fee(seller, words, formats),
    )
    yield from (sentence for sentence in said if sentence)


def early_payment(seller: Seller, words: Catalogue) -> str | None:
    """What paying early is worth (note AAB of the French rules)."""
    if seller.early_payment_terms:
        return seller.early_payment_terms
    return words.text("mentions.no_early_payment") if is_french(seller) else None


def late_penalty(seller: Seller, words: Catalogue, formats: Formats) -> str | None:
    """What paying late costs (PMD)."""
    if seller.late_penalty_rate is not None:
        return words.text("mentions.late_penalty", rate=formats.percent(seller.late_penalty_rate))
    return words.text("mentions.late_penalty_fr") if is_french(seller) else None


def recovery_fee(seller: Seller, words: Catalogue, formats: Formats) -> str | None:
    """The flat fee for recovery (PMT), in the seller's currency."""
    fee = seller.recovery_fee
    if fee is None and is_french(seller):
        fee = _RECOVERY_FEE_FR
    return None if fee is None else words.text("mentions.recovery_fee", amount=formats.money(fee))


def is_french(seller: Seller) -> bool:
    """Whether French law says what a seller leaves unsaid."""
    return seller.address.country_code == "FR"


def _transfer_details(document: Document) -> tuple[tuple[str, str | None], ...]:
    seller = document.seller
    return (
        ("reference", document.header.number),
        ("beneficiary", seller.name),
        ("iban", _grouped(seller.iban)),
        ("bic", seller.bic),
    )


def _debit_details(document: Document) -> tuple[tuple[str, str | None], ...]:
    return (
        ("mandate", document.buyer.payment_reference),
        ("creditor_id", document.seller.creditor_id),
        ("reference", document.header.number),
    )


def _no_details(_document: Document) -> tuple[tuple[str, str | None], ...]:
    return ()


def _grouped(iban: str | None) -> str | None:
    """An IBAN in groups of four, as ISO 13616 prints it."""
    if iban is None:
        return None
    plain = "".join(iban.split())
    return " ".join(plain[i : i + _IBAN_GROUP] for i in range(0, len(plain), _IBAN_GROUP))
