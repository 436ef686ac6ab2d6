"""Law 9 for documents: each face of an amount shows the same."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from renderers.document import Document
from renderers.html import render_html
from renderers.pdf import render_pdf
from tests.renderers import samples
from tests.renderers.extraction import GOLDEN_SAMPLES
from tests.renderers.faces import differences


def partly_prepaid() -> Document:
    """295.64 with tax, 110.00 of it paid from credit."""
    invoice = samples.french_invoice()
    totals = replace(invoice.totals, prepaid_amount=Decimal("110.00"), due_amount=Decimal("185.64"))
    return replace(invoice, totals=totals)


@pytest.mark.parametrize("sample", [*GOLDEN_SAMPLES.values(), samples.long_invoice, partly_prepaid])
def test_every_face_shows_the_same_totals(sample: Callable[[], Document]) -> None:
    document = sample()
    assert list(differences(document, render_pdf(document), render_html(document))) == []


def test_a_face_of_another_document_differs() -> None:
    invoice, other = samples.french_invoice(), partly_prepaid()
    found = list(differences(other, render_pdf(invoice), render_html(other)))
    assert [line.split(": ")[0] for line in found] == ["EST-2023-000042 pdf"] * 2
