"""What a home holds is its owner's alone, whatever the umask of whoever made it."""

import os
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.home import Home
from tests.security.modes import modes_beyond_owner


def test_everything_that_a_close_makes_is_private(locked: Home) -> None:
    """Closed with a umask of 022. What a person lands is theirs to open."""
    assert modes_beyond_owner(locked.root, besides=set(locked.landing.rglob("*"))) == {}
    assert (locked.dagster / "history" / "runs.db").exists()


def test_exports_backups_and_what_is_restored_are_private(
    locked: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert locked.warehouse.exists()
    before = os.umask(0o022)
    try:
        assert main(["export", str(tmp_path / "exports"), "--format", "csv"]) == 0
        assert main(["backup", str(tmp_path / "kept.tar")]) == 0
        monkeypatch.setenv("RELEVE_HOME", str(tmp_path / "restored"))
        assert main(["restore", str(tmp_path / "kept.tar")]) == 0
    finally:
        os.umask(before)
    assert list((tmp_path / "restored" / "landing").iterdir())
    assert modes_beyond_owner(tmp_path, besides=set()) == {}
