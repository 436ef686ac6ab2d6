"""Pages in a real browser: accessible, no wider than a telephone, and nothing in them runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from renderers.document import Document
from renderers.html import render_html
from renderers.theme import load_theme
from tests.renderers import samples, special_samples
from tests.renderers.chromium import Browser, browser
from tests.renderers.extraction import GOLDEN_SAMPLES, page_texts

PHONE, NARROW, DESK = 360, 700, 1200
THEME = load_theme(Path(__file__).parents[2] / "seeds/demo/themes/estuaire-collectivites")
PAGES = GOLDEN_SAMPLES | {
    "hostile": samples.hostile_invoice,
    "longest_names": special_samples.longest_names,
}

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def written(folder: Path, document: Document) -> Path:
    """The document's page as a file, in a seller's colours and with a logo."""
    path = folder / "page.html"
    path.write_text(render_html(document, THEME), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", PAGES)
def test_a_page_breaks_no_rule_of_accessibility(page: Browser, tmp_path: Path, name: str) -> None:
    path = written(tmp_path, PAGES[name]())
    for width in (PHONE, DESK):
        page.open(path, width)
        assert page.accessibility_violations() == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_never_wider_than_its_window(page: Browser, tmp_path: Path, name: str) -> None:
    path = written(tmp_path, PAGES[name]())
    for width in (PHONE, NARROW, DESK):
        page.open(path, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["hostile", "longest_names", "chart_and_transfer"])
def test_nothing_runs_and_nothing_is_fetched(page: Browser, tmp_path: Path, name: str) -> None:
    path = written(tmp_path, PAGES[name]())
    page.open(path, DESK)
    assert page.evaluate("document.scripts.length") == 0
    assert page.dialogs() == []
    assert page.requests() == [path.resolve().as_uri()]


def test_the_policy_of_a_page_stops_a_script_that_slipped_in(page: Browser, tmp_path: Path) -> None:
    path = written(tmp_path, samples.french_invoice())
    slipped = "<script>document.title = 'ran'</script><img src=x onerror=alert(1)></main>"
    path.write_text(path.read_text("utf-8").replace("</main>", slipped), encoding="utf-8")
    page.open(path, DESK)
    assert page.evaluate("document.title").startswith("Facture")
    assert page.dialogs() == []
    assert page.requests() == [path.resolve().as_uri()]


def test_a_printed_page_is_the_document_on_paper(page: Browser, tmp_path: Path) -> None:
    """A summary, then the annex on a page of its own, and the seller's identity once."""
    page.open(written(tmp_path, special_samples.annexed_invoice()), DESK)
    first, second, *_, last = page_texts(page.printed())
    assert first.startswith("Facture")
    assert "Facture EST-2023-000064 · Estuaire Services" not in first
    assert "À payer 57,60" in first
    assert second.startswith("Annexe")
    assert last.endswith("RCS Nantes · TVA FR05012045878")


def test_the_check_of_accessibility_finds_what_is_wrong(page: Browser, tmp_path: Path) -> None:
    path = tmp_path / "wrong.html"
    path.write_text("<html><body><img src='x'><p style='color:#ccc'>pale</p>", encoding="utf-8")
    page.open(path, DESK)
    found = {violation.split(":")[0] for violation in page.accessibility_violations()}
    assert {"html-has-lang", "image-alt", "color-contrast"} <= found
