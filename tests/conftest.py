"""Homes for tests: a folder each, with dbt's parse of the project already in it."""

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from orchestration.defs.billing.manifest import read_manifest
from orchestration.home import PROJECT, Home

# Whose tests share a world of closes: all of a folder, or each file's.
SHARED_BY_FOLDER = {"audit", "control_totals", "faults", "security"}
SHARED_BY_FILE = {"anomalies", "cases"}
SHARED_WHEREVER_ASKED_FOR = {"closed_demo"}
LONG = {"simulation", "laws", "end_to_end", "faults"}

# The demo's folders, the bill dates closed after each has landed, and whom they hold.
DEMO_CLOSES = {"landing": ("2023-11-01", "2023-12-01"), "late": ("2024-01-01",)}
DEMO_HELD = ["C-1442"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests first; those that share a world of closes in one process.

    Before xdist's own hook, which reads the groups.
    """
    items.sort(key=lambda item: item.path.parent.name not in LONG)
    for item in items:
        folder = item.path.parent.name
        if folder in SHARED_BY_FOLDER:
            item.add_marker(pytest.mark.xdist_group(folder))
        elif folder in SHARED_BY_FILE:
            item.add_marker(pytest.mark.xdist_group(f"{folder}/{item.path.name}"))
        for fixture in SHARED_WHEREVER_ASKED_FOR & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group(fixture))


@pytest.fixture(scope="session")
def parsed_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which dbt has parsed the project and nothing else happened."""
    home = Home(tmp_path_factory.mktemp("parsed"))
    read_manifest(home)
    return home


@pytest.fixture(scope="session")
def new_home(parsed_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Home]:
    """Makes an empty home, without the ten seconds of a parse, nor of SQL made before."""
    numbers = count(1)
    made: list[Home] = []

    def make() -> Home:
        if made and (known := made[-1].dbt_target / "known_sql.json").exists():
            shutil.copy(known, parsed_home.dbt_target)
        home = Home(tmp_path_factory.mktemp(f"home-{next(numbers)}")).prepare()
        shutil.copytree(parsed_home.dbt_target, home.dbt_target, dirs_exist_ok=True)
        made.append(home)
        return home

    return make


@pytest.fixture(scope="session")
def closed_demo(new_home: Callable[[], Home]) -> Home:
    """The demo company after its three closes, without documents; to be read, not written."""
    from tests.control_totals.world import World

    demo = PROJECT / "seeds" / "demo"
    home = new_home()
    for folder, bill_dates in DEMO_CLOSES.items():
        shutil.copytree(demo / folder, home.landing, dirs_exist_ok=True)
        for bill_date in bill_dates:
            World(home.root).close(bill_date, DEMO_HELD)
    return home


@pytest.fixture
def home(new_home: Callable[[], Home], monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty home that RELEVE_HOME names."""
    made = new_home()
    monkeypatch.setenv("RELEVE_HOME", str(made.root))
    return made


@pytest.fixture
def project() -> Path:
    """The repository's top folder."""
    return Path(__file__).parents[1]
