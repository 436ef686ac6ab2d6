"""The same company closed twice: under a key, and in clear."""

import shutil
from collections.abc import Callable

import pytest

from orchestration.home import Home
from tests.security.homes import KEY, close_company


@pytest.fixture(scope="session")
def closed_under_key(new_home: Callable[[], Home]) -> Home:
    home = new_home()
    close_company(home, with_secrets=True)
    return home


@pytest.fixture(scope="session")
def closed_in_clear(new_home: Callable[[], Home]) -> Home:
    home = new_home()
    close_company(home, with_secrets=False)
    return home


@pytest.fixture
def locked(closed_under_key: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """The home under a key, which RELEVE_HOME names and RELEVE_KEY opens; to be left as it is."""
    monkeypatch.setenv("RELEVE_HOME", str(closed_under_key.root))
    monkeypatch.setenv("RELEVE_KEY", KEY)
    return closed_under_key


@pytest.fixture
def clear(home: Home, closed_in_clear: Home) -> Home:
    """A copy of the home in clear, which RELEVE_HOME names."""
    shutil.copytree(closed_in_clear.root, home.root, dirs_exist_ok=True)
    return home
