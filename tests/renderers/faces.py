"""The totals of a document as each of its faces shows them: page, PDF, CII and UBL."""

import html
import re
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from renderers.document import Document, as_shown
from renderers.einvoice.cii import render_cii
from renderers.einvoice.ubl import render_ubl
from renderers.formats import Formats
from renderers.wording import catalogue, locale_of
from tests.renderers.extraction import page_texts

# EN 16931 BT-109, 110, 112, 113 and 115, as CII and UBL write them.
_IN_CII = {
    "net_amount": "TaxBasisTotalAmount",
    "tax_amount": "TaxTotalAmount",
    "total_amount": "GrandTotalAmount",
    "prepaid_amount": "TotalPrepaidAmount",
    "due_amount": "DuePayableAmount",
}
_IN_UBL = {
    "net_amount": "LegalMonetaryTotal/TaxExclusiveAmount",
    "tax_amount": "TaxTotal/TaxAmount",
    "total_amount": "LegalMonetaryTotal/TaxInclusiveAmount",
    "prepaid_amount": "LegalMonetaryTotal/PrepaidAmount",
    "due_amount": "LegalMonetaryTotal/PayableAmount",
}
_SUMMATION = "SpecifiedTradeSettlementHeaderMonetarySummation"


def differences(document: Document, pdf: bytes, page: str) -> Iterator[str]:
    """Totals that a face of the document lacks or shows otherwise."""
    number = document.header.number
    shown = as_shown(document).totals
    texts = {"pdf": " ".join(page_texts(pdf)), "html": _text(page)}
    for total, label in _labels(document).items():
        amount = getattr(shown, total)
        expected = " ".join(f"{label} {_formats(document).money(amount)}".split())
        yield from (f"{number} {face}: {expected}" for face in texts if expected not in texts[face])
    for name in _IN_CII:
        amount = getattr(shown, name)
        for face, found in (("cii", _in_cii(document, name)), ("ubl", _in_ubl(document, name))):
            if found != amount:
                yield f"{number} {face}: {name} is {found}, not {amount}"


def _labels(document: Document) -> dict[str, str]:
    words = catalogue(locale_of(document.header.locale).language)
    is_credit = document.header.kind == "credit_note"
    labels = {
        "net_amount": "net_amount",
        "tax_amount": "tax_amount",
        "total_amount": "total_amount",
        "due_amount": "credited_amount" if is_credit else "due_amount",
    }
    if document.totals.prepaid_amount:
        labels["prepaid_amount"] = "prepaid_amount_given_back" if is_credit else "prepaid_amount"
    return {total: words.text(f"totals.{key}") for total, key in labels.items()}


def _formats(document: Document) -> Formats:
    header = document.header
    locale = locale_of(header.locale)
    first_day = catalogue(locale.language).text("form.first_of_month")
    return Formats(locale, header.currency, header.minor_units, first_day)


def _in_cii(document: Document, name: str) -> Decimal:
    root = etree.fromstring(render_cii(document))
    currency = document.header.currency
    found = root.xpath(
        f".//*[local-name() = '{_SUMMATION}']/*[local-name() = '{_IN_CII[name]}']"
        f"[not(@currencyID) or @currencyID = '{currency}']"
    )
    return _amount(found)


def _in_ubl(document: Document, name: str) -> Decimal:
    root = etree.fromstring(render_ubl(document))
    group, element = _IN_UBL[name].split("/")
    currency = document.header.currency
    found = root.xpath(
        f"*[local-name() = '{group}']/*[local-name() = '{element}'][@currencyID = '{currency}']"
    )
    return _amount(found)


def _amount(found: object) -> Decimal:
    """What the one element says; nothing where it may be left out."""
    assert isinstance(found, list)
    assert len(found) <= 1
    return Decimal(found[0].text) if found else Decimal(0)


def _text(page: str) -> str:
    body = page[page.index("<body") :]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())
