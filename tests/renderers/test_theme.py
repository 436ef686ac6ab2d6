"""A seller's own look: what its folder changes, and what of it is refused."""

from pathlib import Path

import pytest

from renderers.accent import DEFAULT_ACCENT, LEAST_CONTRAST, contrast, readable, tint
from renderers.document import DocumentError
from renderers.html import render_html
from renderers.logo import LogoError, sanitised
from renderers.pdf import render_pdf
from renderers.theme import PLAIN, Theme, load_theme
from tests.renderers import samples

SVG = 'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"'


def themed(folder: Path, settings: str = "", logo: str = "", **templates: str) -> Theme:
    """The theme of a folder with these files."""
    if settings:
        (folder / "theme.toml").write_text(settings, encoding="utf-8")
    if logo:
        (folder / "logo.svg").write_text(logo, encoding="utf-8")
    (folder / "templates").mkdir(exist_ok=True)
    for name, text in templates.items():
        (folder / "templates" / f"{name}.html").write_text(text, encoding="utf-8")
    return load_theme(folder)


def test_a_seller_without_a_folder_has_the_plain_look(tmp_path: Path) -> None:
    assert load_theme(None) is load_theme(tmp_path / "none") is PLAIN
    assert load_theme(tmp_path) == PLAIN


def test_accent_and_wording_are_the_sellers(tmp_path: Path) -> None:
    settings = 'accent = "#7A1F5C"\n[wording.fr.facts]\ndue_amount = "Net à payer"\n'
    theme = themed(tmp_path, settings)
    assert theme.problems == ()
    page = render_html(samples.french_invoice(), theme)
    assert ":root{--accent:#7a1f5c;--accent-soft:#f6eff4}" in page
    assert "Net à payer" in page
    assert "Net à payer" not in render_html(samples.family_invoice(), theme)
    assert render_html(samples.french_invoice()) != page


@pytest.mark.parametrize("accent", ["#0d5c75", "#000000", "#ffffff", "#ffcc00", "#7f7f7f"])
def test_white_on_the_accent_and_the_accent_on_its_tint_can_be_read(accent: str) -> None:
    colour = readable(accent)
    assert contrast(colour, "#ffffff") >= LEAST_CONTRAST
    assert contrast(colour, tint(colour)) >= LEAST_CONTRAST


def test_a_readable_accent_is_left_as_it_is_and_another_named(tmp_path: Path) -> None:
    assert readable("#0D5C75") == "#0d5c75"
    theme = themed(tmp_path, 'accent = "#ffcc00"')
    assert theme.problems == ("theme.toml: accent #ffcc00 is darkened to #856900 to be readable",)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ('accent = "red"', "accent is not used: 'red' is not of the form #rrggbb"),
        ('accent = "#fff;}body{display:none"', "is not of the form #rrggbb"),
        ("accent = ", "theme.toml is not used"),
        ("colour = 1", "no such setting: colour"),
        ('[wording.tlh.title]\ninvoice = "x"', "no such language: tlh"),
        ('[wording.fr.title]\nbill = "x"', "no such wording: fr.title.bill"),
        ('[wording.fr.title]\ninvoice = "{amount}"', "fr.title.invoice names a value"),
        ('[wording.fr.payment]\ncard = "{amount.__class__}"', "fr.payment.card names a value"),
        ('[wording.fr.payment]\ncard = "{0}"', "fr.payment.card names a value"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_the_document_made(
    tmp_path: Path, settings: str, named: str
) -> None:
    theme = themed(tmp_path, settings)
    (problem,) = theme.problems
    assert named in problem
    assert theme == PLAIN
    assert theme.accent == DEFAULT_ACCENT
    assert render_html(samples.french_invoice(), theme) == render_html(samples.french_invoice())


def test_wording_of_a_theme_is_text_not_markup(tmp_path: Path) -> None:
    theme = themed(tmp_path, "[wording.fr.title]\ninvoice = '<script>alert(1)</script>'")
    page = render_html(samples.french_invoice(), theme)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_logo_stands_before_the_title_and_names_the_seller(tmp_path: Path) -> None:
    logo = f'<svg {SVG} fill="none"><path id="a" d="M0 0h40v10z" fill="#123456"/></svg>'
    theme = themed(tmp_path, logo=logo)
    assert theme.problems == ()
    page = render_html(samples.french_invoice(), theme)
    assert 'viewBox="0 0 40 10"><title>Estuaire Services</title>' in page
    assert 'fill="#123456"' in page
    assert 'id="logo-a"' in page
    assert render_pdf(samples.french_invoice(), theme).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("<script>alert(1)</script>", "it holds <script>"),
        ("<foreignObject><b>x</b></foreignObject>", "it holds <foreignObject>"),
        ("<image href='http://example.invalid/x.png'/>", "it holds <image>"),
        ("<style>@import url(http://example.invalid)</style>", "it holds <style>"),
        ("<animate attributeName='d'/>", "it holds <animate>"),
        ("<a href='http://example.invalid'/>", "it holds <a>"),
        ("<path onclick='alert(1)'/>", "reacts to events"),
        ("<path fill='url(http://example.invalid/x)'/>", "refers to something outside"),
        ("<path style='fill: url(//example.invalid/x)'/>", "refers to something outside"),
        ("<use href='data:image/svg+xml,x#a'/>", "refers to something outside"),
        ("<use xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='x.svg#a'/>", "outside"),
        ("<path d='M0 0&lt;/svg&gt;'/>", "its d is not plain"),
        ("<path", "not well-formed"),
        ("<g>" * 40 + "</g>" * 40, "deeper than"),
        ("<path/>" * 2100, "more than 2000 elements"),
    ],
)
def test_a_logo_that_is_more_than_shapes_is_refused(
    tmp_path: Path, inside: str, reason: str
) -> None:
    theme = themed(tmp_path, logo=f"<svg {SVG}>{inside}</svg>")
    (problem,) = theme.problems
    assert problem.startswith("logo.svg is not used: ")
    assert reason in problem
    assert render_html(samples.french_invoice(), theme) == render_html(samples.french_invoice())


@pytest.mark.parametrize(
    "content",
    [
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
        "<html/>",
        "<svg/>",
        '<svg xmlns="http://www.w3.org/2000/svg"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 NaN 1"/>',
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1000"/>',
        f"<svg {SVG}>" + " " * 70_000 + "</svg>",
    ],
)
def test_a_file_that_is_no_logo_is_refused(content: str) -> None:
    with pytest.raises(LogoError):
        sanitised(content.encode())


def test_what_an_editor_left_in_a_logo_is_dropped() -> None:
    logo = sanitised(
        b"<svg xmlns='http://www.w3.org/2000/svg' xmlns:i='http://inkscape.example' width='20px'"
        b" height='10px' i:version='1'><!-- x --><metadata>x</metadata><i:view/>"
        b"<path style='fill:#112233;-inkscape-font:x' class='c' d='M0 0h1'/></svg>"
    )
    assert logo.view_box == "0 0 20 10"
    assert logo.aspect == 2
    assert 'fill="#112233"' in logo.markup
    assert not any(word in logo.markup for word in ("inkscape:", "metadata", "class", "x --"))


def test_a_template_of_the_seller_takes_the_place_of_ours(tmp_path: Path) -> None:
    theme = themed(tmp_path, payment="<p>{{ seller.name }}: {{ payment.sentence }}</p>")
    page = render_html(samples.french_invoice(), theme)
    assert "<p>Estuaire Services: Nous prélèverons" in page
    assert "Mandat SEPA" not in page
    assert "Total TTC" in page


@pytest.mark.parametrize(
    "template",
    [
        "{% include '../../../../etc/passwd' %}",
        "{% include '/etc/passwd' %}",
        "{{ document.__class__.__mro__ }}",
        "{{ words.text.__globals__ }}",
        "{% for %}",
        "{{ nothing.here }}",
    ],
)
def test_a_template_that_reaches_out_or_is_wrong_fails_its_document(
    tmp_path: Path, template: str
) -> None:
    theme = themed(tmp_path, payment=template)
    with pytest.raises(DocumentError, match=r"its template.* cannot be used"):
        render_html(samples.french_invoice(), theme)


def test_untrusted_text_in_a_sellers_template_is_escaped(tmp_path: Path) -> None:
    theme = themed(tmp_path, masthead="<h1>{{ buyer.address.street }}{{ seller.name }}</h1>")
    assert "<img" not in render_html(samples.hostile_invoice(), theme)


def test_links_in_a_themes_folder_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text('accent = "#7a1f5c"', encoding="utf-8")
    folder = tmp_path / "theme"
    (folder / "templates").mkdir(parents=True)
    (folder / "theme.toml").symlink_to(secret)
    (folder / "templates" / "payment.html").symlink_to(secret)
    assert load_theme(folder) == PLAIN


def test_the_digest_is_of_what_shows(tmp_path: Path) -> None:
    before = themed(tmp_path, 'accent = "#7a1f5c"').digest
    assert themed(tmp_path, 'accent = "#7a1f5c"\nunknown = 1').digest == before
    assert themed(tmp_path, 'accent = "#7a1f5d"').digest != before


def test_the_themes_of_the_demo_have_no_problems() -> None:
    folders = sorted((Path(__file__).parents[2] / "seeds/demo/themes").iterdir())
    assert [load_theme(folder).problems for folder in folders] == [(), ()]
    assert all(load_theme(folder).logo for folder in folders)
