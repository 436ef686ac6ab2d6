"""What a backup is for: a warehouse that is lost or damaged, and a restore that is cut short."""

import shutil
from collections.abc import Callable
from functools import partial

import pytest

from orchestration.home import Home
from tests.faults import harms
from tests.faults.process import Point, kill, run
from tests.faults.trial import Peace
from tests.orchestration.company import SECOND_BILL_DATE

pytestmark = pytest.mark.slow


def test_a_home_restored_elsewhere_issues_the_same_documents(
    peace: Peace, new_home: Callable[[], Home]
) -> None:
    """As the message of a damaged warehouse says: restore, copy the landing files, close again.

    The backup is of before the news landed; the restore is killed at each of its steps first, and
    the clock of the new machine is eight years back.
    """
    home = peace.begin(new_home())
    news = home.root.with_name("news")
    (home.landing / "subscriptions").rename(news)
    backup = f"{home.root}.tar"
    assert run(home, "backup", backup).code == 0
    news.rename(home.landing / "subscriptions")
    harms.cut(home.warehouse)
    assert "Restore the last backup" in run(home, "close", SECOND_BILL_DATE).err

    restored = new_home()
    unpacking = "orchestration.backup:_unpack"
    replacing = "pathlib:Path.replace"
    for point in (
        Point(unpacking),
        Point(unpacking, is_after=True),
        Point(unpacking, is_after=True, inner=Point(replacing, 2)),
        Point(unpacking, is_after=True, inner=Point(replacing, 9)),
    ):
        killed = run(restored, "restore", backup, prepare=[partial(point.arm, kill)])
        assert killed.code < 0, killed
        begun = run(restored, "close", SECOND_BILL_DATE)
        assert begun.code == 1
        assert "A restore into" in begun.err
        assert "was cut short. Run it again (releve restore FILE)." in begun.err
    assert run(restored, "restore", backup).code == 0
    shutil.copytree(home.landing, restored.landing, dirs_exist_ok=True)
    peace.resume(restored, harms.turn_clock_back)


def test_a_bill_run_that_the_journal_lost_is_issued_again_with_the_same_numbers(
    peace: Peace, new_home: Callable[[], Home]
) -> None:
    """DuckDB takes a journal whose head is damaged for none: the files made of it stay valid."""
    home = peace.begin(new_home())
    point = Point("orchestration.defs.documents.checks:files_unissued", is_after=True)
    killed = run(home, "close", SECOND_BILL_DATE, prepare=[partial(point.arm, kill)])
    assert killed.code < 0
    peace.hold_ledger(home)
    journal = home.root / f"{home.warehouse.name}.wal"
    journal.write_bytes(bytes(16) + journal.read_bytes()[16:])
    peace.resume(home)


def test_a_manifest_that_was_altered_replaces_nothing_that_was_delivered(
    peace: Peace, new_home: Callable[[], Home]
) -> None:
    home = peace.begin(new_home())
    harms.alter_manifest(home)
    ended = run(home, "render")
    assert ended.code == 1
    assert "made anew, its html is not the one that was delivered" in ended.err
    assert run(home, "render", "--again").code == 0
    peace.resume(home)
