"""Every document, sample or drawn, breaks no rule of its schema, EN 16931, Factur-X or BR-FR.

And both its forms say what it says: totals, taxes and lines read back by XPath.
"""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renderers.document import Document
from renderers.einvoice import units
from renderers.einvoice.cii import render_cii
from renderers.einvoice.parties import VAT_SCHEMES
from renderers.einvoice.ubl import render_ubl
from tests.renderers import samples, special_samples
from tests.renderers.einvoice import documents
from tests.renderers.einvoice.judging import assert_is_right, breaches
from tests.renderers.einvoice.reading import parsed, read_ubl
from tests.renderers.samples import money


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


def test_every_unit_s_code_is_one_of_recommendation_20() -> None:
    """A line of 1.00 for each unit; BR-CL-23 knows the codes."""
    names = sorted(units.NAMES_BY_CODE.values())
    lines = [
        samples.line(place, name, "1", unit=name.split()[0])
        for place, name in enumerate(names, start=1)
    ]
    plain, net = samples.french_invoice(), money(str(len(lines)))
    tax = net / 5
    totals = replace(plain.totals, net_amount=net, tax_amount=tax, total_amount=net + tax)
    document = replace(
        plain,
        sections=(samples.section("Cloud", str(len(lines)), *lines),),
        taxes=(replace(plain.taxes[1], taxable_amount=net, tax_amount=tax),),
        totals=replace(totals, due_amount=net + tax),
    )
    assert_is_right(document)
    assert {line.unit for line in read_ubl(render_ubl(document)).lines} == set(units.NAMES_BY_CODE)


def test_every_vat_scheme_is_an_electronic_address_scheme() -> None:
    """BR-CL-25 knows them."""
    plain = samples.reverse_charge()
    for country, scheme in VAT_SCHEMES.items():
        address = replace(plain.buyer.address, country_code=country)
        buyer = replace(plain.buyer, address=address, vat_id=f"{country}1")
        document = replace(plain, buyer=buyer)
        assert f'schemeID="{scheme}">{country}1'.encode() in render_cii(document)
        assert breaches(document) == [], country


def test_texts_of_which_nothing_is_left_are_left_out() -> None:
    """What is blank, or all control characters, opens no group."""
    blank = " \x00\u202e"
    plain = samples.french_invoice()
    document = replace(
        plain,
        header=replace(plain.header, purchase_order=blank),
        seller=replace(plain.seller, phone=blank, email=blank, terms=blank, legal_form=blank),
        buyer=replace(
            plain.buyer,
            email=blank,
            electronic_address=blank,
            buyer_reference=blank,
            contract_reference=blank,
            payment_reference=blank,
        ),
    )
    assert_is_right(document)
