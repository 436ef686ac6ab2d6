"""A document as PDF, by WeasyPrint: the same document gives the same bytes.

Fonts and styles are read once per process. Nothing is fetched: the document's
HTML brings no address, and one that did would stop the rendering.
"""

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

from renderers.document import Document, DocumentError
from renderers.html import markup, stylesheet

_FONTS = Path(__file__).parent / "fonts"
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
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")


def render_pdf(document: Document) -> bytes:
    """The document as an A4 PDF.

    Its identifier and dates come from the document, never from the clock.
    Raises DocumentError when an amount does not fit its currency.
    """
    html = markup(document)
    fonts, styles = _resources(has_cjk=_CJK.search(html) is not None)
    try:
        pdf = HTML(string=html, url_fetcher=_fetch_nothing).write_pdf(
            stylesheets=[styles],
            font_config=fonts,
            pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
        )
    except FatalURLFetchingError as error:
        raise DocumentError(f"its page asks for a file or an address: {error}") from error
    return bytes(pdf)


@cache
def _resources(*, has_cjk: bool) -> tuple[Any, Any]:
    """The font configuration and the stylesheet, which refers to its faces.

    The face for Chinese, Japanese and Korean is large: only who needs it loads it.
    """
    fonts = FontConfiguration()
    text = (
        _FACES
        + (_CJK_FACE if has_cjk else "")
        + stylesheet("document.css")
        + stylesheet("page.css")
    )
    return fonts, CSS(string=text, font_config=fonts, url_fetcher=_fetch_font)


def _fetch_nothing(url: str) -> NoReturn:
    raise FatalURLFetchingError(url)


def _fetch_font(url: str) -> Any:
    name = url.removeprefix(_FONT_SCHEME)
    return URLFetcherResponse(url, (_FONTS / name).read_bytes())
