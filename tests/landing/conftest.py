"""A landing folder and a warehouse of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.landing.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty landing folder beside an empty warehouse."""
    folder = tmp_path / "landing"
    folder.mkdir()
    with duckdb.connect() as con:
        con.execute("set threads = 1")
        yield World(folder, con)
