"""The PDF: its text, its pages, the same bytes each time, and nothing fetched."""

import io
import logging
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import NoReturn, cast
from xml.etree import ElementTree as ET

import pytest
from pypdf import PageObject, PdfReader
from pypdf.generic import DictionaryObject, IndirectObject
from weasyprint import HTML

from renderers import pdf as pdf_module
from renderers.document import DocumentError
from renderers.html import markup
from renderers.logo import sanitised
from renderers.pdf import render_pdf
from renderers.theme import Theme
from tests.renderers import extraction, samples, special_samples

LONG = 500


def page_fonts(page: PageObject) -> list[str]:
    """Names of the fonts that a page refers to."""
    resources = cast("DictionaryObject", page["/Resources"])
    fonts = cast("DictionaryObject", resources["/Font"].get_object())
    return [
        str(cast("DictionaryObject", font.get_object())["/BaseFont"]) for font in fonts.values()
    ]


def objects(pdf: bytes) -> list[object]:
    """Every object of the file."""
    reader = PdfReader(io.BytesIO(pdf))
    return [
        reader.get_object(IndirectObject(number, 0, reader))
        for number in range(1, cast("int", reader.trailer["/Size"]))
    ]


@pytest.fixture(scope="module")
def long_pages() -> list[str]:
    return extraction.page_texts(render_pdf(samples.long_invoice(LONG)))


@pytest.mark.parametrize("name", extraction.GOLDEN_SAMPLES)
def test_a_document_reads_as_the_kept_text(name: str) -> None:
    kept = (extraction.GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert extraction.golden_text(extraction.GOLDEN_SAMPLES[name]()) == kept


@pytest.mark.parametrize("name", extraction.GOLDEN_SAMPLES)
def test_our_sheet_of_elements_says_what_weasyprints_does(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = extraction.GOLDEN_SAMPLES[name]()
    ours = render_pdf(document)
    monkeypatch.setattr(pdf_module._Page, "_ua_stylesheets", HTML._ua_stylesheets)
    assert render_pdf(document) == ours


def test_an_ordinary_invoice_takes_one_page() -> None:
    assert len(extraction.page_texts(render_pdf(samples.french_invoice()))) == 1


def test_every_page_of_a_long_invoice_has_the_table_head(long_pages: list[str]) -> None:
    assert len(long_pages) > 10
    assert all("Désignation Quantité Prix unitaire HT" in page for page in long_pages[1:])


def test_a_long_invoice_begins_with_a_page_that_sums_it_up(long_pages: list[str]) -> None:
    first, second, *_ = long_pages
    assert "Récapitulatif Service Montant HT € Mobile 500,00" in first
    assert "À payer 600,00" in first
    assert "Mentions légales" in first
    assert "Ligne " not in first
    assert "Annexe : détail des prestations" in second


def test_an_invoice_of_forty_lines_has_no_annex() -> None:
    for lines, has_annex in ((40, False), (41, True)):
        text = " ".join(extraction.page_texts(render_pdf(samples.long_invoice(lines))))
        assert ("Annexe" in text) == has_annex


def test_an_invoice_with_a_chart_and_a_code_takes_one_page() -> None:
    (page,) = extraction.page_texts(render_pdf(special_samples.with_chart()))
    assert "À scanner avec" in page
    assert "Électricité : Consommation par jour" in page


def test_pictures_say_in_words_what_they_show() -> None:
    """The alternative texts of the tagged figures, for who cannot see them."""
    logo = sanitised(
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0h2v1z"/></svg>'
    )
    pdf = render_pdf(special_samples.with_chart(), Theme(logo=logo))
    figures = [
        str(element["/Alt"])
        for element in objects(pdf)
        if isinstance(element, DictionaryObject) and element.get("/S") == "/Figure"
    ]
    assert figures[0] == "Estuaire Services"
    assert "virement SEPA" in figures[1]
    assert "nov. 2023\N{NO-BREAK SPACE}: 312 kWh" in figures[2]


def test_every_page_says_which_it_is_and_who_sells(long_pages: list[str]) -> None:
    count = len(long_pages)
    for number, page in enumerate(long_pages, start=1):
        assert page.endswith(f"RCS Nantes · TVA FR05012045878 Page {number} sur {count}")


def test_later_pages_say_what_they_continue(long_pages: list[str]) -> None:
    first, *later = long_pages
    assert "Facture EST-2023-000500 · Estuaire Services" not in first
    assert all("Facture EST-2023-000500 · Estuaire Services Mobile" in page for page in later)


def test_the_place_at_the_head_of_a_page_is_that_of_its_first_line() -> None:
    pages = extraction.page_texts(render_pdf(samples.family_invoice()))
    first_lines = re.compile(r"(Electricity|Mobile|Cloud|Software) line \d+ .*?S-\d(\d)")
    names = ("Head office", "Brick Lane Studio", "Warehouse & Returns")
    for page in pages[1:]:
        found = first_lines.search(page)
        assert found is not None
        place = f"{found[1]} · {names[int(found[2])]}"
        assert f"Invoice EST-2023-000043 · Estuaire Services {place} Estuaire" in page


def test_every_line_stands_on_one_page_once(long_pages: list[str]) -> None:
    text = " ".join(long_pages)
    assert all(text.count(f"Ligne {n:04} ") == 1 for n in range(1, LONG + 1))
    assert all(
        f"Ligne {n:04} " not in page or f"M-{n:04} 1 1,00 20 % 1,00" in page
        for page in long_pages
        for n in range(1, LONG + 1)
    )


@pytest.mark.parametrize("lines", range(14, 26))
def test_totals_never_stand_without_a_line(lines: int) -> None:
    """Around the length at which a second page begins, whichever way it falls."""
    pages = extraction.page_texts(render_pdf(samples.long_invoice(lines)))
    with_totals = [page for page in pages if "Total TTC" in page]
    assert len(with_totals) == 1
    assert "Ligne " in with_totals[0]
    assert "À payer" in with_totals[0].split("Total TTC")[1]


@pytest.mark.parametrize("lines", range(14, 22))
def test_a_heading_is_never_the_last_thing_on_a_page(lines: int) -> None:
    """The second service begins near the foot of the page, one line lower each time."""
    invoice = samples.long_invoice(lines)
    (first,) = invoice.sections
    seats = (samples.line(n, f"Poste {n}", "1.00") for n in range(1, 9))
    second = samples.section("Logiciels", "8.00", *seats)
    pages = extraction.page_texts(render_pdf(replace(invoice, sections=(first, second))))
    (page,) = (page for page in pages if "Logiciels Sous-total HT" in page)
    assert "8,00 € Poste 1 " in page


@pytest.mark.slow
def test_the_same_document_gives_the_same_bytes_in_another_process() -> None:
    here = render_pdf(samples.french_invoice())
    assert render_pdf(samples.french_invoice()) == here
    program = (
        "import sys; from tests.renderers import samples; from renderers.pdf import render_pdf;"
        "render_pdf(samples.credit_note());"
        "sys.stdout.buffer.write(render_pdf(samples.french_invoice()))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "LC_ALL": "C"}
    elsewhere = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        check=True,
    )
    assert elsewhere.stdout == here


def test_metadata_come_from_the_document() -> None:
    reader = PdfReader(io.BytesIO(render_pdf(samples.french_invoice())))
    assert reader.metadata is not None
    assert reader.metadata.title == "Facture EST-2023-000042 \N{EN DASH} Estuaire Services"
    assert reader.metadata.author == "Estuaire Services"
    assert str(reader.metadata.get("/CreationDate")).startswith("D:20231101")


def test_hostile_names_are_shown_as_text() -> None:
    text = " ".join(extraction.page_texts(render_pdf(samples.hostile_invoice())))
    assert "<script>alert('x')</script>" in text
    assert "Donaudampfschiff" in text
    assert "株式会社東京電力" in text


def test_no_character_of_europe_or_east_asia_is_left_blank(
    caplog: pytest.LogCaptureFixture,
) -> None:
    invoice = samples.french_invoice()
    name = "Ærøskøbing Łódź Ţīmĕ İzmir Ελλάδα Київ Việt 株式会社東京電力 서울전력 上海电气 ₺₴€"
    named = replace(invoice, buyer=replace(invoice.buyer, name=name))
    with caplog.at_level(logging.WARNING):
        pages = extraction.page_texts(render_pdf(named))
    assert caplog.records == []
    assert name.split()[-2] in pages[0]


def test_a_character_that_no_font_has_is_logged_and_stops_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    invoice = samples.french_invoice()
    unknown = "\U000f1234"  # private use: no font has it
    named = replace(invoice, buyer=replace(invoice.buyer, name=f"Boulangerie {unknown}"))
    with caplog.at_level(logging.WARNING):
        assert render_pdf(named).startswith(b"%PDF")
    assert "U+%04X" in caplog.records[0].msg


def test_only_the_bundled_fonts_are_used_for_latin_text() -> None:
    reader = PdfReader(io.BytesIO(render_pdf(samples.french_invoice())))
    fonts = {name for page in reader.pages for name in page_fonts(page)}
    assert len(fonts) == 2
    assert all("Releve-Sans" in font for font in fonts)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://example.invalid/x", "data:,x"])
def test_a_page_that_asks_for_anything_is_refused(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr(pdf_module, "markup", lambda _document, **_: f'<img src="{url}">')
    with pytest.raises(DocumentError, match="asks for a file or an address"):
        render_pdf(samples.french_invoice())


def test_rendering_opens_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> NoReturn:
        pytest.fail("a connection was opened")

    monkeypatch.setattr("socket.socket.connect", refuse)
    assert render_pdf(samples.hostile_invoice()).startswith(b"%PDF")


@pytest.mark.slow
def test_no_text_makes_the_renderers_open_a_file_or_an_address() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "tests.renderers.watching"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert said.stdout == ""


@pytest.mark.parametrize("name", extraction.GOLDEN_SAMPLES)
def test_our_pages_are_well_formed_which_makes_them_fast(name: str) -> None:
    ET.fromstring(markup(extraction.GOLDEN_SAMPLES[name]()))


def test_an_amount_that_does_not_fit_its_currency_stops_the_document() -> None:
    invoice = samples.french_invoice()
    header = replace(invoice.header, currency="JPY", minor_units=0)
    with pytest.raises(DocumentError, match="more decimals than JPY"):
        render_pdf(replace(invoice, header=header))
