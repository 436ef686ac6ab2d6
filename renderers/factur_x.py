"""What makes a PDF a Factur-X: the invoice as XML attached to it, and the words that say so.

Factur-X 1.09 (ZUGFeRD 2.5), profile EN 16931. Not here: the XML itself (einvoice), the page (pdf).
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pydyf
from weasyprint import Attachment

_FILE_NAME = "factur-x.xml"
# Of the XMP schema, whatever the version of Factur-X.
_SCHEMA_VERSION = "1.0"
_PROFILE = "EN 16931"
# The PDF shows what the XML says, and neither was made from the other. For this profile France
# takes Data, Source or Alternative, Germany only Alternative (Factur-X, Data Relationship).
_RELATIONSHIP = "Alternative"

_FACTUR_X = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PDF_UA = "http://www.aiim.org/pdfua/ns/id/"
_RDF_END = b"</rdf:RDF>"


def attach(page: Any, xml: bytes, issued_on: date) -> None:
    """Give WeasyPrint's `page` the invoice and the metadata that PDF/A asks of it.

    The XMP of PDF/UA and of Factur-X goes into the one `rdf:RDF` that readers look at:
    what WeasyPrint's own option adds stands in a second one.
    """
    midnight = datetime(issued_on.year, issued_on.month, issued_on.day)  # noqa: DTZ001
    page.metadata.attachments = [
        Attachment(
            string=xml,
            url_fetcher=page.url_fetcher,  # its own could fetch
            name=_FILE_NAME,
            description="Factur-X",
            created=midnight,
            modified=midnight,
            relationship=_RELATIONSHIP,
        )
    ]
    page.metadata.generate_rdf_metadata = _extended(page.metadata.generate_rdf_metadata)


def list_attachment_once(pdf: Any) -> None:
    """WeasyPrint's list of associated files names each of them twice."""
    pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))


def _extended(generate: Callable[..., bytes]) -> Callable[..., bytes]:
    def generate_both(*arguments: object) -> bytes:
        rdf = generate(*arguments)
        if not rdf.endswith(_RDF_END):
            raise RuntimeError("WeasyPrint's metadata do not end as they used to")
        return rdf.removesuffix(_RDF_END) + _XMP + _RDF_END

    return generate_both


def _schema(name: str, namespace: str, prefix: str, properties: dict[str, tuple[str, str]]) -> str:
    """A schema that XMP does not know, described as PDF/A asks (ISO 19005-3, 6.6.2.3)."""
    described = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{key}</pdfaProperty:name>"
        f"<pdfaProperty:valueType>{value_type}</pdfaProperty:valueType>"
        f"<pdfaProperty:category>{'internal' if prefix == 'pdfuaid' else 'external'}"
        "</pdfaProperty:category>"
        f"<pdfaProperty:description>{description}</pdfaProperty:description>"
        "</rdf:li>"
        for key, (value_type, description) in properties.items()
    )
    return (
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaSchema:schema>{name}</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{namespace}</pdfaSchema:namespaceURI>"
        f"<pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{described}</rdf:Seq></pdfaSchema:property>"
        "</rdf:li>"
    )


_XMP = (
    f'<rdf:Description rdf:about="" xmlns:pdfuaid="{_PDF_UA}" pdfuaid:part="1" />'
    f'<rdf:Description rdf:about="" xmlns:fx="{_FACTUR_X}">'
    "<fx:DocumentType>INVOICE</fx:DocumentType>"
    f"<fx:DocumentFileName>{_FILE_NAME}</fx:DocumentFileName>"
    f"<fx:Version>{_SCHEMA_VERSION}</fx:Version>"
    f"<fx:ConformanceLevel>{_PROFILE}</fx:ConformanceLevel>"
    "</rdf:Description>"
    '<rdf:Description rdf:about=""'
    ' xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    "<pdfaExtension:schemas><rdf:Bag>"
    + _schema(
        "Factur-X PDFA Extension Schema",
        _FACTUR_X,
        "fx",
        {
            "DocumentFileName": ("Text", "The name of the embedded XML document"),
            "DocumentType": ("Text", "The type of the hybrid document in capital letters"),
            "Version": ("Text", "The version of the standard of the embedded XML document"),
            "ConformanceLevel": ("Text", "The profile of the embedded XML document"),
        },
    )
    + _schema(
        "PDF/UA Universal Accessibility Schema",
        _PDF_UA,
        "pdfuaid",
        {"part": ("Integer", "The part of ISO 14289 that the document follows")},
    )
    + "</rdf:Bag></pdfaExtension:schemas></rdf:Description>"
).encode()
