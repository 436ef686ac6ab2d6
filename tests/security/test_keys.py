"""A key that is wrong, missing or too much is refused by every command, and changes nothing."""

from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.home import Home
from tests.security.homes import KEY, OTHER_KEY, bytes_of

Output = pytest.CaptureFixture[str]

COMMANDS = (
    ["verify"],
    ["land"],
    ["close", "2024-02-01"],
    ["preview", "--on", "2024-02-01"],
    ["render"],
    ["export"],
    ["export", "--public"],
    ["backup", "{folder}/kept.tar"],
    ["rekey"],
)
by_command = pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
# All come to the same opening of a file: by itself, by a run, published, and for a new key.
by_kind = pytest.mark.parametrize(
    "command",
    [["verify"], ["land"], ["export", "--public"], ["rekey"]],
    ids=" ".join,
)


def assert_refused(command: list[str], home: Home, folder: Path, capsys: Output, why: str) -> None:
    before = bytes_of(home)
    assert main([part.format(folder=folder) for part in command]) == 1
    words = capsys.readouterr()
    assert why in words.err
    assert KEY not in words.err + words.out
    assert OTHER_KEY not in words.err + words.out
    assert bytes_of(home) == before
    assert list(folder.iterdir()) == []


@by_command
def test_another_key_is_refused(
    locked: Home,
    tmp_path: Path,
    capsys: Output,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
) -> None:
    monkeypatch.setenv("RELEVE_KEY", OTHER_KEY)
    monkeypatch.setenv("RELEVE_NEW_KEY", OTHER_KEY + "2")
    why = "is encrypted under another key than the one in RELEVE_KEY. Nothing was changed."
    assert_refused(command, locked, tmp_path, capsys, why)


@by_kind
def test_an_encrypted_home_asks_for_its_key(
    locked: Home,
    tmp_path: Path,
    capsys: Output,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
) -> None:
    monkeypatch.delenv("RELEVE_KEY")
    monkeypatch.setenv("RELEVE_NEW_KEY", OTHER_KEY)
    why = "is encrypted, and RELEVE_KEY is not set. Set it to the key of this home."
    assert_refused(command, locked, tmp_path, capsys, why)


@by_kind
def test_a_key_does_not_open_a_home_in_clear(
    clear: Home,
    tmp_path: Path,
    capsys: Output,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
) -> None:
    monkeypatch.setenv("RELEVE_KEY", KEY)
    monkeypatch.setenv("RELEVE_NEW_KEY", OTHER_KEY)
    assert_refused(command, clear, tmp_path, capsys, "is not encrypted, but RELEVE_KEY is set.")


def test_a_key_that_could_be_guessed_is_refused_before_anything_is_made(
    home: Home, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELEVE_KEY", "summer2024")
    assert main(["verify"]) == 1
    words = capsys.readouterr().err
    assert "RELEVE_KEY has fewer than 32 characters" in words
    assert "summer2024" not in words
    assert not home.warehouse.exists()


def test_without_a_key_there_is_none_to_print(home: Home, capsys: Output) -> None:
    assert home.root.exists()
    assert main(["key", "marts"]) == 1
    assert "RELEVE_KEY is not set: the databases are in clear." in capsys.readouterr().err
