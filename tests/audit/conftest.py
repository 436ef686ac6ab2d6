"""The worked world of the laws, closed twice, that the tests of a folder share."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestration.home import Home
from tests.control_totals.world import World
from tests.laws.test_order_independence import land_in_order
from tests.laws.worked_world import BILL_DATES, first_rows, late_rows


@pytest.fixture(scope="session")
def closed(new_home: Callable[[], Home]) -> Home:
    """Two closes, with late and withdrawn usage between them; not to be written."""
    home = new_home()
    for bill_date, rows in zip(BILL_DATES, (first_rows(), late_rows()), strict=True):
        land_in_order(home, rows, bill_date)
        World(home.root).close(bill_date)
    return home


@pytest.fixture
def copy(closed: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """The same, to be written, and named by RELEVE_HOME."""
    home = Home(tmp_path / "copy")
    shutil.copytree(closed.root, home.root)
    monkeypatch.setenv("RELEVE_HOME", str(home.root))
    yield home
    shutil.rmtree(home.root)
