"""A document's e-invoices judged: by the official rules, and by what the document says."""

from decimal import ROUND_HALF_UP, Context, Decimal
from pathlib import Path

import duckdb

from orchestration.defs.documents.ledger_reader import Selection, read_documents
from renderers.document import Document, as_shown
from renderers.einvoice.cii import render_cii
from renderers.einvoice.ubl import render_ubl
from tests.renderers.einvoice.official_rules import CII, UBL_CREDIT_NOTE, UBL_INVOICE
from tests.renderers.einvoice.reading import Read, read_cii, read_ubl

_EXACT = Context(prec=120)


def breaches(document: Document, *, with_french: bool = True) -> list[str]:
    """What either form of it breaks; French rules want data that not every test has.

    They are for a French seller, but not where a consumer pays another state's VAT.
    """
    ubl = UBL_INVOICE if document.header.kind == "invoice" else UBL_CREDIT_NOTE
    is_abroad = document.buyer.address.country_code != "FR"
    is_taxed = any(tax.tax_category == "S" for tax in document.taxes)
    is_ours = document.seller.address.country_code == "FR" and not (is_abroad and is_taxed)
    is_french = with_french and is_ours
    return [
        *CII.breaches(render_cii(document), is_french=is_french),
        *ubl.breaches(render_ubl(document), is_french=is_french),
    ]


def assert_is_right(document: Document, *, with_french: bool = True) -> None:
    """It breaks no rule, and says what the document says."""
    assert breaches(document, with_french=with_french) == [], document.header.number
    assert_says(read_cii(render_cii(document)), document)
    assert_says(read_ubl(render_ubl(document)), document)


def assert_all_are_right(warehouse: Path, *, with_french: bool = True) -> int:
    """Every document that a warehouse's ledger issued is; how many they were."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        issued = list(read_documents(con, Selection()))
    for document in issued:
        assert isinstance(document, Document), document
        assert_is_right(document, with_french=with_french)
    return len(issued)


def assert_says(read: Read, issued: Document) -> None:
    """What was read back is what the document shows."""
    document = as_shown(issued)
    totals = document.totals
    assert read.totals == {
        "net_amount": totals.net_amount,
        "allowance_amount": totals.allowance_amount,
        "tax_amount": totals.tax_amount,
        "total_amount": totals.total_amount,
        "prepaid_amount": totals.prepaid_amount,
        "due_amount": totals.due_amount,
    }
    assert read.accounting_tax_amount == (totals.accounting_tax_amount or 0)
    assert read.taxes == [
        (tax.tax_category, tax.tax_rate, tax.taxable_amount, tax.tax_amount)
        for tax in document.taxes
    ]
    of_lines = totals.net_amount + totals.allowance_amount
    assert sum(line.net_amount for line in read.lines) == of_lines
    step = Decimal(1).scaleb(-document.header.minor_units)
    for line in read.lines:
        exact = _EXACT.divide(_EXACT.multiply(line.quantity, line.price), line.base)
        rounded = exact.quantize(step, rounding=ROUND_HALF_UP, context=_EXACT)
        assert rounded - line.allowance_amount == line.net_amount
