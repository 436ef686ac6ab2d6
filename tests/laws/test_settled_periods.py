"""What is settled is not looked at again: the bill is the one that looking at everything makes."""

import random
import shutil
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from orchestration.home import Home
from orchestration.preview import Preview, preview
from tests.simulation.drawing import drawn_script, drawn_story
from tests.simulation.files import leave_files
from tests.simulation.trial import Trial

SEED, WORLDS, CLOSES = 31, 30, 3


@pytest.mark.slow
def test_a_close_bills_what_a_look_at_all_history_would(new_home: Callable[[], Home]) -> None:
    """Corrections, late events and withdrawals land before the close that is compared."""
    script = drawn_script(SEED, CLOSES, kills=0)
    stories = [drawn_story(f"w{number}", SEED * 1_000 + number, script) for number in range(WORLDS)]
    home, forgetful = new_home(), new_home()
    trial = Trial(home, stories, SEED)
    trial.play(script[:-1])
    last = CLOSES - 1
    leave_files(home, trial.landing(last), last, random.Random(f"{SEED} {last}"))
    shutil.copytree(home.root, forgetful.root, dirs_exist_ok=True)
    with duckdb.connect(str(forgetful.warehouse)) as con:
        settled = con.execute(
            "update ledger.closed_cycles set settled_on = date '0001-01-01'"
        ).fetchall()

    scoped = preview(home, script[-1].on, None, lambda _: None)
    whole = preview(forgetful, script[-1].on, None, lambda _: None)

    assert settled[0][0] > WORLDS
    assert len(scoped.documents) > WORLDS // 4
    assert _bills(scoped) == _bills(whole)


def _bills(bill: Preview) -> list[list[dict[str, Any]]]:
    return [
        sorted((dict(row) for row in rows), key=str)
        for rows in (bill.documents, bill.lines, bill.held)
    ]
