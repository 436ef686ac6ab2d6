"""How a document is to be paid (BG-16), in the codes of UNTDID 4461."""

from dataclasses import dataclass

from renderers import statements
from renderers.document import Document
from renderers.einvoice.parties import compact
from renderers.einvoice.xml import cleaned
from renderers.formats import Formats
from renderers.wording import Catalogue

_EURO = "EUR"
_MEANS_BY_METHOD = {"card": "48", "cash": "10", "cheque": "20", "direct_debit": "49"}
_OTHER_MEANS = "ZZZ"


@dataclass(frozen=True, slots=True)
class Payment:
    """BG-16: how the amount due is paid. `means` is BT-81, `means_text` BT-82."""

    means: str
    means_text: str | None = None
    iban: str | None = None
    account_name: str | None = None
    bic: str | None = None
    mandate: str | None = None
    creditor_id: str | None = None


def payment(document: Document) -> Payment | None:
    """BG-16, where something is to be paid; a transfer needs an account (BR-61)."""
    header, seller = document.header, document.seller
    if header.kind != "invoice" or document.totals.due_amount <= 0:
        return None
    method = header.payment_method
    is_euro = header.currency == _EURO
    if method == "bank_transfer":
        iban = compact(seller.iban)
        means = "58" if is_euro else "30"
        return Payment(means, None, iban, seller.name, compact(seller.bic)) if iban else None
    if method == "sepa_debit":
        return Payment(
            "59" if is_euro else "49",
            mandate=cleaned(document.buyer.payment_reference),
            creditor_id=compact(seller.creditor_id),
        )
    means = _MEANS_BY_METHOD.get(method, _OTHER_MEANS)
    return Payment(means, method if means == _OTHER_MEANS else None)


def payment_terms(document: Document, words: Catalogue, formats: Formats) -> str | None:
    """BT-20, where no due date says it (BR-CO-25)."""
    if document.header.kind == "invoice":
        return None
    return statements.payment(document, words, formats).sentence
