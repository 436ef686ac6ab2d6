"""The PDF as Factur-X: valid as PDF/A-3 and PDF/UA, the e-invoice inside, readable by others."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import facturx
import pytest
from lxml import etree
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, StreamObject
from weasyprint import HTML

from renderers.document import Document
from renderers.einvoice.cii import render_cii
from renderers.pdf import render_pdf
from renderers.theme import load_theme
from tests.renderers import samples, special_samples
from tests.renderers.extraction import GOLDEN_SAMPLES
from tests.renderers.verapdf import broken_rules

SAMPLES: dict[str, Callable[[], Document]] = GOLDEN_SAMPLES | {
    "longest_names": special_samples.longest_names,
    "long_invoice": samples.long_invoice,
    "hostile_invoice": samples.hostile_invoice,
}
THEME = load_theme(Path(__file__).parents[2] / "seeds/demo/themes/estuaire-collectivites")
NAMES = (
    "<script>alert('x')</script> & ]]> <!-- </rdf:RDF><?xpacket end='w'?>",
    "شركة النور للطاقة 123 (ש.ח. אור)",
    "株式会社 ☕ \\) (x\\",
    "a\x00b\x1bc\u202ed\ufffee\uffff",
)
UNSHOWN = "\x00\x1b\u202e\ufffe\uffff"
FX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/elements/1.1/"


@pytest.fixture(scope="module")
def pdfs() -> dict[str, bytes]:
    """Every kind of document, one in a theme, and one for each name of a seller."""
    invoice = samples.french_invoice()
    named = {
        name: render_pdf(replace(invoice, seller=replace(invoice.seller, name=name)))
        for name in NAMES
    }
    themed = {"in a seller's colours, with its logo": render_pdf(invoice, THEME)}
    return {name: render_pdf(sample()) for name, sample in SAMPLES.items()} | named | themed


def catalogue(pdf: bytes) -> DictionaryObject:
    return cast("DictionaryObject", PdfReader(io.BytesIO(pdf)).trailer["/Root"])


def attached(pdf: bytes) -> Any:
    """The one file that the PDF is associated with."""
    (file,) = cast("list[Any]", catalogue(pdf)["/AF"])
    return file.get_object()


def xmp(pdf: bytes) -> etree._Element:
    """The PDF's metadata, parsed as strictly as XML is."""
    stream = cast("StreamObject", catalogue(pdf)["/Metadata"].get_object())
    return etree.fromstring(stream.get_data())


@pytest.mark.slow
def test_every_document_is_pdf_a_3_and_pdf_ua(pdfs: dict[str, bytes], tmp_path: Path) -> None:
    for number, pdf in enumerate(pdfs.values()):
        (tmp_path / f"{number}.pdf").write_bytes(pdf)
    wrong = tmp_path / "wrong.pdf"
    wrong.write_bytes(HTML(string="<p>No language, no tags").write_pdf())
    broken = broken_rules(sorted(tmp_path.iterdir()))
    assert {line.split("\t")[0] for line in broken} == {str(wrong)}
    assert {line.split("\t")[1] for line in broken} == {"3a", "ua1"}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_invoice_inside_is_the_one_that_is_rendered_alone(
    pdfs: dict[str, bytes], name: str
) -> None:
    expected = render_cii(SAMPLES[name]())
    pdf = pdfs[name]
    assert PdfReader(io.BytesIO(pdf)).attachments == {"factur-x.xml": [expected]}
    assert facturx.get_facturx_xml_from_pdf(io.BytesIO(pdf), check_xsd=True) == (
        "factur-x.xml",
        expected,
    )


def test_the_pdf_says_how_the_invoice_belongs_to_it(pdfs: dict[str, bytes]) -> None:
    file = attached(pdfs["french_invoice"])
    assert file["/AFRelationship"] == "/Alternative"
    assert file["/F"] == file["/UF"] == "factur-x.xml"
    content = file["/EF"]["/F"]
    assert content["/Subtype"] == "/text/xml"
    assert content["/Params"]["/ModDate"] == "D:20231101000000Z"
    assert content["/Params"]["/Size"] == len(render_cii(samples.french_invoice()))


def test_its_metadata_name_the_profile_where_readers_look(pdfs: dict[str, bytes]) -> None:
    (described,) = xmp(pdfs["french_invoice"]).findall(f"{{{RDF}}}RDF")
    named = {
        tag: [element.text for element in described.iter(f"{{{FX}}}{tag}")]
        for tag in ("DocumentType", "DocumentFileName", "Version", "ConformanceLevel")
    }
    assert named == {
        "DocumentType": ["INVOICE"],
        "DocumentFileName": ["factur-x.xml"],
        "Version": ["1.0"],
        "ConformanceLevel": ["EN 16931"],
    }
    assert facturx.get_level(etree.fromstring(render_cii(samples.french_invoice()))) == "en16931"


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_the_metadata_is_text(pdfs: dict[str, bytes], name: str) -> None:
    shown = "".join(sign for sign in name if sign not in UNSHOWN)
    (author,) = xmp(pdfs[name]).iter(f"{{{DC}}}creator")
    assert "".join(str(text) for text in author.itertext()) == shown
    metadata = PdfReader(io.BytesIO(pdfs[name])).metadata
    assert metadata is not None
    assert metadata.author == shown
    assert metadata.title == f"Facture EST-2023-000042 \N{EN DASH} {shown}"
