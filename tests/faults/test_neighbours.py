"""Two that want the same warehouse: closes at once, other commands, other programs."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from orchestration.home import Home
from tests.faults import harms
from tests.faults.process import Running, run
from tests.faults.trial import Peace, ledger_of
from tests.orchestration.company import FIRST_BILL_DATE, SECOND_BILL_DATE

pytestmark = pytest.mark.slow

_OPENS_THE_FILE = (
    "import sys, duckdb; con = duckdb.connect(sys.argv[1]); print('open', flush=True);"
    " sys.stdin.readline()"
)


def test_two_closes_at_once_issue_what_one_does(peace: Peace, new_home: Callable[[], Home]) -> None:
    """The second waits for the first, of the same date or another, and says for whom.

    A fourth is stopped while it waits.
    """
    home = peace.begin(new_home())
    closes = [
        Running(home, ("close", bill_date))
        for bill_date in (SECOND_BILL_DATE, SECOND_BILL_DATE, FIRST_BILL_DATE)
    ]
    while not any("dbt builds" in close.err for close in closes):
        time.sleep(0.2)
    stopped = Running(home, ("close", SECOND_BILL_DATE))
    while "waiting for" not in stopped.err:
        assert not stopped.wait(0.2), stopped.ended()
    stopped.send(signal.SIGTERM)
    assert stopped.ended().code == 128 + signal.SIGTERM
    ended = [close.ended() for close in closes]
    assert [each.code for each in ended] == [0, 0, 0], ended
    assert sum("2 documents, 4 lines" in each.out for each in ended) == 1, ended
    assert any("waiting for run" in each.err for each in ended), ended
    peace.hold(home)


def test_a_warehouse_that_another_program_has_open_is_named_with_that_program(
    peace: Peace, new_home: Callable[[], Home]
) -> None:
    home = peace.begin(new_home())
    with subprocess.Popen(
        [sys.executable, "-c", _OPENS_THE_FILE, str(home.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        for command in (("close", SECOND_BILL_DATE), ("verify",)):
            ended = run(home, *command, prepare=[harms.lose_patience])
            assert ended.code == 1
            assert f"{home.warehouse} is open in another program" in ended.err
            assert f"(PID {other.pid})" in ended.err
            assert "Traceback" not in ended.err
        other.communicate("\n")
    assert ledger_of(home) == peace.before


def test_every_command_waits_for_the_one_before(peace: Peace, new_home: Callable[[], Home]) -> None:
    """None of them meets a warehouse that is locked, and none changes what another does."""
    home = peace.begin(new_home())
    commands = [
        Running(home, command)
        for command in (
            ("land",),
            ("render",),
            ("export",),
            ("verify",),
            ("backup", f"{home.root}.tar"),
            ("preview", "--on", SECOND_BILL_DATE),
        )
    ]
    assert [command.ended().code for command in commands] == [0] * len(commands)
    assert ledger_of(home) == peace.before
