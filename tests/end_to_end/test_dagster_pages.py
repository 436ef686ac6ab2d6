"""Dagster as its users have it: the pages in a browser, the daemon behind them, nothing else.

One server for all of it, on a company whose files the sensor lands and whose first date is closed
from the pages.
"""

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest

from orchestration.home import Home
from tests.end_to_end.dagster_server import PATIENCE, Server, serving
from tests.orchestration.company import (
    FIRST_BILL_DATE,
    SECOND_BILL_DATE,
    land_company,
    land_customer_without_price,
)
from tests.renderers.chromium import Browser, browser
from tests.security.modes import modes_beyond_owner
from tests.security.sockets import (
    LOOPBACK,
    addresses_listened_on,
    files_of,
    processes_of,
    sockets_of,
)

THIRD_BILL_DATE = "2024-03-01"
LOCATION = {"repositoryLocationName": "releve", "repositoryName": "__repository__"}
WIDE = 1500

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("dagster_pages")]


@pytest.fixture(scope="module")
def company(new_home: Callable[[], Home]) -> Home:
    home = new_home()
    land_company(home)
    land_customer_without_price(home)
    return home


@pytest.fixture(scope="module")
def server(company: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(company, tmp_path_factory.mktemp("server") / "log") as started:
        yield started


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def landed_by_sensor(server: Server) -> dict[str, Any]:
    """The run that the sensor on the landing folder asked for, ended."""
    sensor = {**LOCATION, "sensorName": "landing_folder"}
    started = server.ask(
        "mutation ($sensor: SensorSelector!)"
        " { startSensor(sensorSelector: $sensor) { __typename } }",
        sensor=sensor,
    )
    assert started["startSensor"]["__typename"] == "Sensor"
    run: dict[str, Any]
    (run,) = server.wait_for_runs(lambda run: run["jobName"] == "land_files", 1)
    return run


@pytest.fixture(scope="module")
def closed_from_page(
    landed_by_sensor: dict[str, Any], server: Server, page: Browser, company: Home
) -> tuple[list[tuple[str, int]], int]:
    """Bill runs and PDFs once the first date is closed as a person closes it."""
    assert landed_by_sensor["status"] == "SUCCESS"
    page.visit(f"{server.address}/locations/releve/jobs/close_cycle", WIDE)
    _press(page, "Materialize all")
    _press(page, "Show all partitions")
    field = "document.querySelector('[role=dialog] input[placeholder*=\"2000-01-01\"]')"
    page.wait_for(f"!!{field}", PATIENCE)
    page.evaluate(f"{field}.focus()")
    page.write(FIRST_BILL_DATE)
    page.evaluate("document.activeElement.blur()")
    _press(page, "Launch 1 run")
    _press(page, "View")
    page.wait_for("location.pathname.startsWith('/runs/')", PATIENCE)
    page.wait_for(_text_is_shown("Success"), PATIENCE)
    return _bill_runs(company), len(list(company.documents.glob("E-1/2024/*.pdf")))


def _text_is_shown(text: str) -> str:
    return f"document.body.innerText.includes({text!r})"


def _press(page: Browser, label: str) -> None:
    button = (
        "[...document.querySelectorAll('button, a, [role=button]')]"
        f".find(one => one.innerText.trim().replace('…', '') === {label!r} && !one.disabled)"
    )
    page.wait_for(f"!!{button}", PATIENCE)
    page.evaluate(f"{button}.click()")


def _bill_runs(home: Home) -> list[tuple[str, int]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return con.execute(
            "select cast(bill_date as varchar), document_count from ledger.bill_runs"
            " order by ledger_position"
        ).fetchall()


def test_the_first_page_asks_for_nothing_and_fetches_nothing_from_elsewhere(
    server: Server, page: Browser
) -> None:
    page.visit(server.address, WIDE)
    page.wait_for(_text_is_shown("Timeline"), PATIENCE)
    assert page.evaluate("document.querySelectorAll('[role=dialog]').length") == 0
    for nagging in ("newsletter", "telemetry", "Sign up", "Dagster+"):
        assert not page.evaluate(_text_is_shown(nagging))
    assert page.dialogs() == []
    elsewhere = [
        address
        for address in page.requests()
        if not address.startswith((server.address, f"blob:{server.address}"))
    ]
    assert elsewhere == []


def test_the_sensor_lands_what_lies_in_the_folder(
    landed_by_sensor: dict[str, Any], company: Home
) -> None:
    assert landed_by_sensor["status"] == "SUCCESS"
    assert landed_by_sensor["tags"]["dagster/sensor_name"] == "landing_folder"
    with duckdb.connect(str(company.warehouse), read_only=True) as con:
        assert con.execute("select count(*) from raw.accounts").fetchone() == (3,)


def test_a_date_is_closed_from_the_page_of_the_job(
    closed_from_page: tuple[list[tuple[str, int]], int],
) -> None:
    """Two customers are billed 120.00 each; the third, without a price, is a warning."""
    assert closed_from_page == ([(FIRST_BILL_DATE, 2)], 2)


@pytest.mark.usefixtures("closed_from_page")
def test_what_a_person_must_look_at_is_a_check_that_warns(server: Server) -> None:
    found = server.ask(
        "{ assetNodes { assetKey { path } assetChecksOrError { ... on AssetChecks { checks"
        " { name executionForLatestMaterialization { status evaluation"
        " { severity success description } } } } } } }"
    )["assetNodes"]
    warned = {
        check["name"]: execution["evaluation"]["description"]
        for node in found
        for check in node["assetChecksOrError"].get("checks", [])
        if (execution := check["executionForLatestMaterialization"])
        and execution["evaluation"]
        and not execution["evaluation"]["success"]
    }
    assert warned.pop("documents_lack_nothing").endswith("marts.document_gaps says why")
    assert warned == {"nobody_is_held": "1 accounts are held: marts.held_accounts says why"}


@pytest.mark.usefixtures("closed_from_page")
def test_an_asset_shows_what_was_billed_and_its_columns(server: Server, page: Browser) -> None:
    page.visit(f"{server.address}/assets/ledger/documents?view=events", WIDE)
    picture = "document.querySelector('img[src^=\"data:image/svg+xml\"]')"
    page.wait_for(f"!!{picture} && {picture}.complete && {picture}.naturalWidth > 0", PATIENCE)
    assert page.evaluate(_text_is_shown("120.00 EUR"))

    page.visit(f"{server.address}/assets/marts/invoice_lines", WIDE)
    for said in ("columns_come_from", "billing", "present_worth"):
        page.wait_for(_text_is_shown(said), PATIENCE)
    entries = server.ask(
        '{ assetNodeOrError(assetKey: {path: ["marts", "invoice_lines"]}) { ... on AssetNode'
        " { metadataEntries { ... on TableColumnLineageMetadataEntry"
        " { lineage { columnName columnDeps { assetKey { path } columnName } } } } } } }"
    )["assetNodeOrError"]["metadataEntries"]
    (lineage,) = (entry["lineage"] for entry in entries if "lineage" in entry)
    origins = {column["columnName"]: column["columnDeps"] for column in lineage}
    assert origins["net_amount"] == [
        {"assetKey": {"path": ["ledger", "lines"]}, "columnName": "net_amount"}
    ]


def test_the_lineage_is_drawn_by_group(server: Server, page: Browser) -> None:
    page.visit(f"{server.address}/asset-groups", WIDE)
    for group in ("landing", "rating", "consolidation", "ledger", "documents"):
        page.wait_for(_text_is_shown(group), PATIENCE)


@pytest.mark.usefixtures("closed_from_page")
def test_a_backfill_closes_its_dates_in_order_one_at_a_time(server: Server, company: Home) -> None:
    launched = server.ask(
        "mutation ($backfill: LaunchBackfillParams!) { launchPartitionBackfill"
        "(backfillParams: $backfill) { ... on LaunchBackfillSuccess { backfillId } } }",
        backfill={
            "selector": {
                "partitionSetName": "close_cycle_partition_set",
                "repositorySelector": LOCATION,
            },
            "partitionNames": [SECOND_BILL_DATE, THIRD_BILL_DATE],
        },
    )["launchPartitionBackfill"]["backfillId"]
    first, second = server.wait_for_runs(
        lambda run: run["tags"].get("dagster/backfill") == launched, 2
    )
    for run, bill_date in ((first, SECOND_BILL_DATE), (second, THIRD_BILL_DATE)):
        assert (run["status"], run["tags"]["dagster/partition"]) == ("SUCCESS", bill_date)
    assert first["endTime"] <= second["startTime"]
    assert _bill_runs(company)[1:] == [(SECOND_BILL_DATE, 2), (THIRD_BILL_DATE, 2)]


def test_the_server_listens_on_loopback_and_for_its_owner_alone(server: Server) -> None:
    sockets = sockets_of(processes_of(server.session))
    assert set(addresses_listened_on(sockets)) == {LOOPBACK}
    # The code server's, by which the pages and the daemon reach it.
    files = files_of(sockets)
    assert files
    assert [file for file in files if file.stat().st_mode & 0o077] == []


@pytest.mark.usefixtures("server")
def test_all_that_server_daemon_and_runs_wrote_is_private(company: Home) -> None:
    assert modes_beyond_owner(company.root, besides=set(company.landing.rglob("*"))) == {}
