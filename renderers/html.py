"""A document as one HTML page that needs nothing else: styles and fonts inside.

All text is escaped, whoever wrote it; the page forbids scripts and fetching.
"""

import base64
from functools import cache
from pathlib import Path

from babel.numbers import get_currency_precision
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from renderers.document import Address, Document, as_shown
from renderers.formats import Formats
from renderers.statements import mentions, payment
from renderers.wording import catalogue, locale_of

_FOLDER = Path(__file__).parent
# Where the town is written before the postal code.
_TOWN_FIRST = frozenset({"AU", "CA", "GB", "IE", "IN", "NZ", "US"})
# Control characters, what XML cannot hold, and what turns the direction of what
# follows: a name must not be able to reverse the amount beside it.
_UNSHOWN = dict.fromkeys(
    [
        *(code for code in range(0x20) if chr(code) not in "\t\n"),
        *range(0x7F, 0xA0),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        0xFFFE,
        0xFFFF,
    ]
)


def render_html(document: Document) -> str:
    """The document as a page for a browser: responsive, printable, self-contained.

    Raises DocumentError when an amount does not fit its currency.
    """
    return markup(document, _screen_css())


def markup(document: Document, css: str = "") -> str:
    """The document's HTML with `css` inside; without, the caller brings the styles."""
    shown = as_shown(document)
    header = shown.header
    locale = locale_of(header.locale)
    words = catalogue(locale.language)
    first_day = words.text("form.first_of_month")
    formats = Formats(locale, header.currency, header.minor_units, first_day)
    seller_currency = shown.seller.currency
    seller_formats = Formats(
        locale, seller_currency, get_currency_precision(seller_currency), first_day
    )
    return _page().render(
        document=shown,
        words=words,
        formats=formats,
        seller_formats=seller_formats,
        language=words.language,
        payment=payment(shown, words, formats),
        mentions=mentions(shown, words, seller_formats),
        css=css,
    )


def stylesheet(name: str) -> str:
    """The text of a stylesheet under `styles/`."""
    return (_FOLDER / "styles" / name).read_text(encoding="utf-8")


def address_lines(address: Address, home_country: str | None, formats: Formats) -> list[str]:
    """An address line by line; the country is named when it is not `home_country`."""
    town = [address.postal_code, address.city]
    if address.country_code in _TOWN_FIRST:
        town.reverse()
    lines = [address.street, address.street_2, " ".join(part for part in town if part)]
    if address.country_code and address.country_code != home_country:
        lines.append(formats.country(address.country_code))
    return [line for line in lines if line]


@cache
def _page() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=_shown,
    )
    environment.globals["address_lines"] = address_lines
    return environment.get_template("document.html")


def _shown(value: object) -> object:
    return value.translate(_UNSHOWN) if isinstance(value, str) else value


@cache
def _screen_css() -> str:
    faces = "".join(
        f'@font-face{{font-family:"Releve Sans";font-weight:{weight};'
        f"src:url(data:font/woff2;base64,{_font(f'inter-latin-{weight}.woff2')})"
        ' format("woff2")}\n'
        for weight in (400, 600)
    )
    return faces + stylesheet("document.css") + stylesheet("page.css") + stylesheet("screen.css")


def _font(name: str) -> str:
    return base64.b64encode((_FOLDER / "fonts" / name).read_bytes()).decode("ascii")
