"""dbt's documentation as one page: it opens from a file and fetches nothing."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.defs.billing.manifest import read_manifest
from orchestration.documentation import write_documentation
from orchestration.home import Home
from tests.renderers.chromium import Browser, browser

WIDTH, HEIGHT = 1400, 1000
_LINEAGE = "[ng-click='onLauncherClick()']"


def waited_for(page: Browser, expression: str) -> Any:
    """The first true value of an expression: the page draws itself after it has loaded."""
    last = time.monotonic() + 30
    while not (value := page.evaluate(expression)):
        assert time.monotonic() < last, f"never true: {expression}"
        time.sleep(0.1)
    return value


def text_of(page: Browser, node: str, words: str) -> str:
    """The text of a node's page, once it shows those words."""
    page.evaluate(f"location.hash = '!/{node}'; true")
    shown = json.dumps(words)
    waited_for(page, f"document.querySelector('.app-content').innerText.includes({shown})")
    return str(page.evaluate("document.querySelector('.app-content').innerText"))


@pytest.mark.slow
def test_the_page_shows_the_warehouse_and_fetches_nothing(
    closed_demo: Home, tmp_path: Path
) -> None:
    page_file = write_documentation(closed_demo)
    with duckdb.connect(str(closed_demo.marts), read_only=True) as con:
        lines = con.execute("select count(*) from invoice_lines").fetchone()
    assert lines is not None

    with browser(tmp_path / "profile") as page:
        page.open(page_file, WIDTH, HEIGHT)
        assert "A bill is what should have been billed" in text_of(
            page, "overview", "should have been billed"
        )
        mart = text_of(page, "model/model.releve.invoice_lines", "included_units")
        for words in (f"{lines[0]:,}", "Enforced", "public", "Billing", "DECIMAL(38,12)"):
            assert words in mart
        column = "VAT category (BT-151, UNTDID 5305)."
        assert column in mart
        assert page.evaluate(
            "[...document.querySelectorAll('td')]"
            f".filter(cell => cell.innerText.trim() === '{column}')"
            ".every(cell => cell.scrollWidth <= cell.clientWidth)"
        )
        icons = "document.querySelectorAll('.menu-tree use').length"
        assert waited_for(page, icons) == page.evaluate(
            "[...document.querySelectorAll('.menu-tree use')]"
            ".filter(icon => document.querySelector(icon.getAttribute('href'))).length"
        )
        documents = text_of(page, "exposure/exposure.releve.invoice_documents", "Factur-X")
        assert "closed_cycles" in documents
        page.evaluate(f'document.querySelector("{_LINEAGE}").click(); true')
        waited_for(page, "document.querySelector('canvas') !== null")
        assert page.requests() == [page_file.resolve().as_uri()]
        assert page.complaints() == []


@pytest.mark.slow
def test_the_columns_that_are_documented_are_those_that_are_there(closed_demo: Home) -> None:
    """Of every model, seed and source, in their order and with their types."""
    with duckdb.connect(str(closed_demo.warehouse), read_only=True) as con:
        rows = con.execute(
            "select schema_name || '.' || table_name, column_name, data_type"
            " from duckdb_columns() where not internal order by table_oid, column_index"
        ).fetchall()
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, data_type in rows:
        found.setdefault(table, []).append((column, _plain(data_type)))
    manifest = read_manifest(closed_demo)
    documented = {
        f"{node['schema']}.{node['name']}": [
            (name, _plain(column["data_type"])) for name, column in node["columns"].items()
        ]
        for node in (*manifest["nodes"].values(), *manifest["sources"].values())
        if node["resource_type"] in {"model", "seed", "source"}
    }
    differing = {
        table: (columns, found.get(table))
        for table, columns in documented.items()
        if found.get(table) != columns
    }
    assert not differing


@pytest.mark.slow
def test_without_a_warehouse_the_page_says_what_the_project_says(
    new_home: Callable[[], Home],
) -> None:
    page = write_documentation(new_home()).read_text(encoding="utf-8")
    assert "One row per line of an issued document." in page


def _plain(data_type: str) -> str:
    written = data_type.lower().replace(" ", "")
    return {"timestampwithtimezone": "timestamptz"}.get(written, written)
