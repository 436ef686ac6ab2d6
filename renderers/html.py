"""A document as one HTML page that needs nothing else: styles and fonts inside.

All text is escaped, whoever wrote it; the page forbids scripts and fetching.
"""

import base64
from datetime import timedelta
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

from babel.numbers import get_currency_precision
from jinja2 import (
    ChoiceLoader,
    DictLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from renderers.accent import DEFAULT_ACCENT, tint
from renderers.chart import drawn
from renderers.document import Address, Document, DocumentError, as_shown
from renderers.formats import Formats
from renderers.statements import mentions, payment
from renderers.theme import PLAIN, Theme
from renderers.transfer_code import modules_path, transfer_text
from renderers.wording import catalogue, locale_of

_FOLDER = Path(__file__).parent
# Where the town is written before the postal code.
_TOWN_FIRST = frozenset({"AU", "CA", "GB", "IE", "IN", "NZ", "US"})
# More lines than this go into an annex, and the first page sums them up.
_MOST_LINES = 40
_LOGO_HEIGHT, _LOGO_WIDTH = Decimal(12), Decimal(62)  # millimetres it may take
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


def render_html(document: Document, theme: Theme = PLAIN) -> str:
    """The document as a page for a browser: responsive, printable, self-contained.

    Raises DocumentError when an amount does not fit its currency, or a template of
    the theme cannot be used.
    """
    return markup(document, _screen_css(), theme)


def markup(document: Document, css: str = "", theme: Theme = PLAIN) -> str:
    """The document's HTML with `css` inside; without, the caller brings the styles."""
    try:
        return _markup(document, css, theme)
    except TemplateError as error:
        where = f" {error.name}" if isinstance(error, TemplateSyntaxError) and error.name else ""
        raise DocumentError(f"its template{where} cannot be used: {error}") from error


def _markup(document: Document, css: str, theme: Theme) -> str:
    shown = as_shown(document)
    header = shown.header
    locale = locale_of(header.locale)
    words = catalogue(locale.language).changed(theme.words(locale.language))
    first_day = words.text("form.first_of_month")
    formats = Formats(locale, header.currency, header.minor_units, first_day)
    seller_currency = shown.seller.currency
    seller_formats = Formats(
        locale, seller_currency, get_currency_precision(seller_currency), first_day
    )
    code = transfer_text(shown)
    return _page(theme.templates).render(
        document=shown,
        theme=theme,
        has_annex=_line_count(shown) > _MOST_LINES,
        charts=[(chart, drawn(chart)) for chart in shown.charts],
        code=modules_path(code) if code else None,
        words=words,
        formats=formats,
        seller_formats=seller_formats,
        language=words.language,
        payment=payment(shown, words, formats),
        mentions=mentions(shown, words, seller_formats),
        css=css + _theme_css(theme),
    )


def _line_count(document: Document) -> int:
    return sum(len(account.lines) for section in document.sections for account in section.accounts)


def _theme_css(theme: Theme) -> str:
    """What of the styles is the theme's; they fall back to ours."""
    css = ""
    if theme.accent != DEFAULT_ACCENT:
        css = ";".join(f"{name}:{value}" for name, value in colours(theme.accent).items())
        css = f":root{{{css}}}"
    if theme.logo:
        height = min(_LOGO_HEIGHT, _LOGO_WIDTH / theme.logo.aspect)
        css += f".logo svg{{height:{height:.2f}mm;width:{height * theme.logo.aspect:.2f}mm}}"
    return css


def colours(accent: str) -> dict[str, str]:
    """The variables of the styles that follow a seller's accent, and their values."""
    return {"--accent": accent, "--accent-soft": tint(accent)}


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


@lru_cache(maxsize=16)
def _page(own_templates: tuple[tuple[str, str], ...]) -> Template:
    """The document's template; a seller's own ones come first, and may not do all that ours may."""
    ours = FileSystemLoader(_FOLDER / "templates")
    kind = ImmutableSandboxedEnvironment if own_templates else Environment
    environment = kind(
        loader=ChoiceLoader([DictLoader(dict(own_templates)), ours]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=_shown,
    )
    environment.globals["address_lines"] = address_lines
    environment.globals["one_day"] = timedelta(days=1)
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
