"""Every document, sample or drawn, breaks no rule of its schema, EN 16931, Factur-X or BR-FR.

And it says what the document says: totals, taxes and lines read back by XPath.
"""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Context, Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renderers.document import Document, as_shown
from renderers.einvoice.cii import render_cii
from renderers.einvoice.ubl import render_ubl
from tests.renderers import samples
from tests.renderers.einvoice import documents
from tests.renderers.einvoice.official_rules import CII, UBL_CREDIT_NOTE, UBL_INVOICE
from tests.renderers.einvoice.reading import Read, parsed, read_cii, read_ubl

BRITISH = replace(samples.family_invoice().buyer, email="ap@harbour.example")
SAMPLES = {
    "french": samples.french_invoice(),
    "family": replace(samples.family_invoice(), buyer=BRITISH),
    "credit note": samples.credit_note(),
    "reverse charge": samples.reverse_charge(),
    "long": samples.long_invoice(60),
}


def breaches(document: Document) -> list[str]:
    """What either form of it breaks."""
    ubl = UBL_INVOICE if document.header.kind == "invoice" else UBL_CREDIT_NOTE
    is_french = document.seller.address.country_code == "FR"
    return [
        *CII.breaches(render_cii(document), is_french=is_french),
        *ubl.breaches(render_ubl(document), is_french=is_french),
    ]


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
    assert sum(line.net_amount for line in read.lines) == totals.lines_amount
    step = Decimal(1).scaleb(-document.header.minor_units)
    for line in read.lines:
        exact = Context(prec=120).divide(
            Context(prec=120).multiply(line.quantity, line.price), line.base
        )
        rounded = exact.quantize(step, rounding=ROUND_HALF_UP, context=Context(prec=120))
        assert rounded - line.allowance_amount == line.net_amount


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_breaks_no_rule(name: str) -> None:
    assert breaches(SAMPLES[name]) == []


@pytest.mark.parametrize("place", range(len(documents.SALES)))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_drawn_document_breaks_no_rule_and_says_what_it_is(
    place: int, data: st.DataObject
) -> None:
    document = data.draw(documents.documents(*documents.SALES[place]))
    assert breaches(document) == []
    assert_says(read_cii(render_cii(document)), document)
    assert_says(read_ubl(render_ubl(document)), document)


def test_the_rules_find_what_is_wrong() -> None:
    wrong = samples.french_invoice()
    wrong = replace(wrong, totals=replace(wrong.totals, tax_amount=Decimal(50)))
    found = " ".join(breaches(wrong))
    assert "BR-CO-15" in found
    assert "BR-CO-14" in found


def test_no_entity_and_no_instruction_is_written() -> None:
    hostile = replace(samples.hostile_invoice(), header=samples.header())
    for xml in (render_cii(hostile), render_ubl(hostile)):
        assert b"<!" not in xml
        assert xml.count(b"<?") == 1
        assert "<script>alert('x')</script>" in "".join(parsed(xml).itertext())
