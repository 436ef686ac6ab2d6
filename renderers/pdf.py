"""A document as Factur-X, by WeasyPrint: the same document gives the same bytes.

Fonts and styles are read once per process. Nothing is fetched: the document's
HTML brings no address, and one that did would stop the rendering.
"""

import hashlib
import logging
import re
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, BinaryIO, NoReturn
from xml.etree import ElementTree as ET

import pydyf
from cssselect2 import ElementWrapper
from weasyprint import CSS, HTML
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

from renderers.document import Document, DocumentError
from renderers.einvoice.cii import render_cii
from renderers.factur_x import attach, list_attachment_once
from renderers.html import colours, markup, stylesheet
from renderers.theme import PLAIN, Theme

_logger = logging.getLogger(__name__)

_COLORS = "srgb-icc"
_FONTS = Path(__file__).parent / "fonts"
_FONT_FILES = frozenset(path.name for path in _FONTS.glob("*.woff*"))
_FONT_SCHEME = "releve-font:"
_FACES = "".join(
    f'@font-face {{ font-family: "Releve Sans"; font-weight: {weight};'
    f" src: url({_FONT_SCHEME}inter-{weight}.woff2) }}\n"
    for weight in (400, 600)
)
_CJK_FACE = (
    f'@font-face {{ font-family: "Releve CJK";'
    f" src: url({_FONT_SCHEME}droid-sans-fallback.woff) }}\n"
)
_DECLARED = re.compile(r"(--[\w-]+): ([^;]+);")
_USED = re.compile(r"var\((--[\w-]+)\)")
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")


def render_pdf(document: Document, theme: Theme = PLAIN) -> bytes:
    """The document on A4 as PDF/A-3 and PDF/UA-1, its e-invoice inside.

    Identifier and dates come from the document, never from the clock.
    Raises DocumentError when an amount does not fit its currency, or the e-invoice
    cannot be made.
    """
    html = markup(document, theme=theme)
    xml = render_cii(document, theme)
    fonts = _fonts(has_cjk=_CJK.search(html) is not None)
    try:
        page = _page(html, theme).render(
            font_config=fonts,
            stylesheets=[_styles(theme.accent)],
            color_profiles={_COLORS: _colors()},
            output_intent=_COLORS,
        )
        attach(page, xml, document.header.issue_date)
        pdf = page.write_pdf(
            pdf_variant="pdf/a-3a",
            output_intent=_COLORS,
            pdf_identifier=hashlib.sha256(html.encode() + xml).digest()[:16],
            finisher=_finish,
        )
    except FatalURLFetchingError as error:
        raise DocumentError(f"its page asks for a file or an address: {error}") from error
    return bytes(pdf)


class _Page(HTML):  # type: ignore[misc]
    """A page for WeasyPrint, of our own templates: read as XML, in a tenth of the time.

    They are well-formed, and all that comes from outside is escaped in them.
    """

    def __init__(self, html: str) -> None:
        root = ET.fromstring(html)  # noqa: S314 (it is ours)
        self.base_url = None
        self.url_fetcher = _fetch_nothing
        self.media_type = "print"
        self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, _forms: object = None) -> list[CSS]:
        return [_elements()]


def _page(html: str, theme: Theme) -> HTML:
    """The page to lay out; one with a seller's own templates is read as browsers do."""
    if not theme.templates:
        try:
            return _Page(html)
        except ET.ParseError as error:
            _logger.warning("our page is not well-formed, which takes longer: %s", error)
    return HTML(string=html, url_fetcher=_fetch_nothing)


@cache
def _elements() -> CSS:
    return CSS(string=stylesheet("elements.css"), url_fetcher=_fetch_nothing)


@cache
def _fonts(*, has_cjk: bool) -> FontConfiguration:
    """The bundled faces.

    The one for Chinese, Japanese and Korean is large: only who needs it loads it.
    """
    fonts = FontConfiguration()
    faces = _FACES + (_CJK_FACE if has_cjk else "")
    CSS(string=faces, font_config=fonts, url_fetcher=_fetch_font)
    return fonts


@lru_cache(maxsize=16)
def _styles(accent: str) -> CSS:
    """The printed page's styles in a seller's colours.

    Each variable is its value by now: WeasyPrint would look it up at every element.
    """
    text = stylesheet("document.css") + stylesheet("page.css")
    values = dict(_DECLARED.findall(text)) | colours(accent)
    return CSS(string=_USED.sub(lambda used: values[used[1]], text), url_fetcher=_fetch_nothing)


class _Serialised(pydyf.Object):  # type: ignore[misc]
    """An object of a PDF as bytes, made once: it is written, and hashed for the file's /ID."""

    data = b""
    compressible = False

    def __init__(self, made: Any) -> None:
        super().__init__()
        self.number, self.generation, self.free = made.number, made.generation, made.free
        self.compressible = made.compressible
        if made.free == "n":
            self.data = made.data


def _finish(_page: Any, pdf: Any) -> None:
    list_attachment_once(pdf)
    pdf.objects[:] = [_Serialised(made) for made in pdf.objects]


class _Colors(ColorProfile):  # type: ignore[misc]
    """A colour profile as its file has it.

    WeasyPrint opens the file anew for each document, and writes what a library makes of it:
    not the same the second time.
    """

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file, file.name, "relative-colorimetric", (["r"], ["g"], ["b"]))
        file.seek(0)
        self._bytes = file.read()

    @property
    def content(self) -> bytes:
        """What goes into the PDF."""
        return self._bytes


@cache
def _colors() -> _Colors:
    with Path(str(resources.files("weasyprint.pdf") / "sRGB2014.icc")).open("rb") as file:
        return _Colors(file)


def _fetch_nothing(url: str) -> NoReturn:
    raise FatalURLFetchingError(url)


def _fetch_font(url: str) -> Any:
    """A bundled font; the stylesheet can name no other file."""
    name = url.removeprefix(_FONT_SCHEME)
    if name not in _FONT_FILES:
        raise FatalURLFetchingError(url)
    return URLFetcherResponse(url, (_FONTS / name).read_bytes())
