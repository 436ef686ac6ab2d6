"""The text of a PDF as a reader's eye meets it, and the kept texts to hold it against.

`python -m tests.renderers.extraction` writes the kept texts anew; look at the
difference before it is committed.
"""

import io
from collections.abc import Callable
from pathlib import Path

from pypdf import PdfReader

from renderers.document import Document
from renderers.pdf import render_pdf
from tests.renderers import samples, special_samples

GOLDEN = Path(__file__).parent / "golden"
GOLDEN_SAMPLES: dict[str, Callable[[], Document]] = {
    "french_invoice": samples.french_invoice,
    "family_invoice": samples.family_invoice,
    "credit_note": samples.credit_note,
    "reverse_charge": samples.reverse_charge,
    "chart_and_transfer": special_samples.with_chart,
    "foreign_currency": special_samples.foreign_currency,
    "prepaid": special_samples.prepaid,
    "carried_forward": special_samples.carried_forward,
    "german_invoice": special_samples.german_invoice,
    "annexed_invoice": special_samples.annexed_invoice,
    "discounted": special_samples.discounted,
    "arabic_buyer": special_samples.arabic_buyer,
}


def page_texts(pdf: bytes) -> list[str]:
    """Each page's text; runs of spaces and line ends are one space."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def golden_text(document: Document) -> str:
    """The document's pages as kept: one page a paragraph."""
    return "\n\n".join(page_texts(render_pdf(document))) + "\n"


def main() -> None:
    """Write every kept text anew."""
    GOLDEN.mkdir(exist_ok=True)
    for name, sample in GOLDEN_SAMPLES.items():
        (GOLDEN / f"{name}.txt").write_text(golden_text(sample()), encoding="utf-8")


if __name__ == "__main__":
    main()
