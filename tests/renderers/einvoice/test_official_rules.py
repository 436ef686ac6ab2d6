"""Every document, sample or drawn, breaks no rule of its schema, EN 16931, Factur-X or BR-FR.

And both its forms say what it says: totals, taxes and lines read back by XPath.
"""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renderers.document import Document
from renderers.einvoice.cii import render_cii
from renderers.einvoice.ubl import render_ubl
from tests.renderers import samples, special_samples
from tests.renderers.einvoice import documents
from tests.renderers.einvoice.judging import assert_is_right, breaches
from tests.renderers.einvoice.reading import parsed


def with_email(document: Document) -> Document:
    """French rules want every buyer reachable (BR-FR-12)."""
    return replace(document, buyer=replace(document.buyer, email="compta@client.example"))


SAMPLES = {
    "french": samples.french_invoice(),
    "family": with_email(samples.family_invoice()),
    "credit note": samples.credit_note(),
    "reverse charge": samples.reverse_charge(),
    "arabic": with_email(special_samples.arabic_buyer()),
    "long": samples.long_invoice(60),
    **{
        make.__name__: make()
        for make in (
            special_samples.with_chart,
            special_samples.foreign_currency,
            special_samples.prepaid,
            special_samples.carried_forward,
            special_samples.german_invoice,
            special_samples.annexed_invoice,
            special_samples.discounted,
        )
    },
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_breaks_no_rule(name: str) -> None:
    assert_is_right(SAMPLES[name])


@pytest.mark.parametrize("place", range(len(documents.SALES)))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_drawn_document_breaks_no_rule_and_says_what_it_is(
    place: int, data: st.DataObject
) -> None:
    document = data.draw(documents.documents(*documents.SALES[place]))
    assert_is_right(document)


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
