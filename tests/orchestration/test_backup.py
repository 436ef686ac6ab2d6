"""A home in one file, and back: nothing is missing, and nothing damaged is taken."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.database import open_warehouse
from orchestration.home import Home
from tests.orchestration.company import FIRST_BILL_DATE, SECOND_BILL_DATE, land_company

Output = pytest.CaptureFixture[str]


def test_a_restored_home_closes_as_the_one_that_was_lost(
    home: Home,
    new_home: Callable[[], Home],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Output,
) -> None:
    land_company(home)
    (home.themes / "E-1").mkdir(parents=True)
    (home.themes / "E-1" / "theme.toml").write_text('accent = "#7a1f5c"')
    assert main(["close", FIRST_BILL_DATE]) == 0
    kept = tmp_path / "kept.tar"
    assert main(["backup", str(kept)]) == 0
    assert kept.stat().st_mode & 0o777 == 0o600
    assert main(["backup", str(kept)]) == 1
    assert "a backup replaces none" in capsys.readouterr().err

    plain = tmp_path / "plain"
    plain.mkdir()
    subprocess.run(["/bin/tar", "-xf", str(kept), "-C", str(plain)], check=True)
    subprocess.run(["/usr/bin/sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=plain, check=True)

    restored = new_home()
    monkeypatch.setenv("RELEVE_HOME", str(restored.root))
    assert main(["restore", str(kept)]) == 0
    assert main(["verify"]) == 0
    assert main(["close", SECOND_BILL_DATE]) == 0
    monkeypatch.setenv("RELEVE_HOME", str(home.root))
    assert main(["close", SECOND_BILL_DATE]) == 0
    assert _ledger(restored) == _ledger(home)
    assert _documents(restored) == _documents(home)

    assert main(["restore", str(kept)]) == 1
    assert "a restore overwrites nothing" in capsys.readouterr().err


@pytest.mark.usefixtures("home")
def test_a_home_without_a_warehouse_has_nothing_to_back_up(tmp_path: Path, capsys: Output) -> None:
    assert main(["backup", str(tmp_path / "kept.tar")]) == 1
    assert "there is nothing to back up" in capsys.readouterr().err


def test_a_damaged_backup_restores_nothing(
    home: Home,
    new_home: Callable[[], Home],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Output,
) -> None:
    land_company(home)
    assert main(["land"]) == 0
    kept = tmp_path / "kept.tar"
    assert main(["backup", str(kept)]) == 0
    whole = kept.read_bytes()
    middle = whole.index(b"country_code")
    end = whole.index(b"SHA256SUMS")
    damages = [
        ("is damaged; nothing was restored", whole[:middle] + b"C" + whole[middle + 1 :]),
        ("has no SHA256SUMS", whole[:end] + bytes(1024)),
        ("is no backup, or is damaged", whole[: len(whole) // 2]),
        ("is no backup, or is damaged", b"x" * 4096),
    ]
    empty = new_home()
    monkeypatch.setenv("RELEVE_HOME", str(empty.root))
    for words, content in damages:
        damaged = tmp_path / "damaged.tar"
        damaged.write_bytes(content)
        assert main(["restore", str(damaged)]) == 1
        assert words in capsys.readouterr().err
        assert not empty.warehouse.exists()
        assert not list(empty.landing.iterdir())


def test_a_home_with_files_of_its_own_is_not_restored_over(
    home: Home,
    new_home: Callable[[], Home],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Output,
) -> None:
    land_company(home)
    assert main(["land"]) == 0
    kept = tmp_path / "kept.tar"
    assert main(["backup", str(kept)]) == 0
    other = new_home()
    (other.landing / "prices.csv").write_text("charge_id\n")
    (other.landing / "mine.csv").write_text("x\n")
    monkeypatch.setenv("RELEVE_HOME", str(other.root))
    assert main(["restore", str(kept)]) == 1
    assert "holds landing/mine.csv, which the backup does not have" in capsys.readouterr().err
    assert (other.landing / "prices.csv").read_text() == "charge_id\n"


def _ledger(home: Home) -> list[tuple[object, ...]]:
    with open_warehouse(home, read_only=True) as con:
        return con.execute("select row_hash from ledger.lines order by ledger_position").fetchall()


def _documents(home: Home) -> dict[str, bytes]:
    return {
        path.relative_to(home.documents).as_posix(): path.read_bytes()
        for path in home.documents.rglob("*")
        if path.is_file()
    }
