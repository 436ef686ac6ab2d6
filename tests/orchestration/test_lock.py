"""One holder of the warehouse at a time, whatever becomes of it."""

import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import duckdb
import pytest

from orchestration.database import WarehouseBusyError, open_warehouse, warehouse_lock
from orchestration.home import Home

_HOLDS_THE_LOCK = """
    import sys, time
    from pathlib import Path
    from orchestration.database import warehouse_lock
    from orchestration.home import Home
    with warehouse_lock(Home(Path(sys.argv[1])), "run first", print):
        print("held", flush=True)
        sys.stdin.readline()
"""
_HOLDS_THE_FILE = """
    import sys, duckdb
    con = duckdb.connect(sys.argv[1])
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path).prepare()


def _start(code: str, argument: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(argument)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def _wait_for_lock(home: Home, said: list[str]) -> threading.Thread:
    def take() -> None:
        with warehouse_lock(home, "run second", said.append):
            said.append("taken")

    thread = threading.Thread(target=take)
    thread.start()
    return thread


def test_a_second_run_waits_and_says_for_whom(home: Home) -> None:
    said: list[str] = []
    with _start(_HOLDS_THE_LOCK, home.root) as first:
        second = _wait_for_lock(home, said)
        second.join(timeout=1)
        assert second.is_alive()
        assert len(said) == 1
        assert said[0].startswith(f"waiting for run first (process {first.pid}, since ")
        first.communicate("go\n")
        second.join(timeout=5)
    assert said[1:] == ["taken"]


def test_a_killed_run_leaves_no_lock(home: Home) -> None:
    said: list[str] = []
    with _start(_HOLDS_THE_LOCK, home.root) as first:
        second = _wait_for_lock(home, said)
        second.join(timeout=0.5)
        assert second.is_alive()
        first.send_signal(signal.SIGKILL)
        second.join(timeout=5)
    assert said[1:] == ["taken"]


def test_a_warehouse_open_elsewhere_is_an_error_that_says_what_to_do(home: Home) -> None:
    with _start(_HOLDS_THE_FILE, home.warehouse) as other:
        with (
            pytest.raises(WarehouseBusyError, match=r"is open in another program.*marts\.duckdb"),
            open_warehouse(home, patience=0.3),
        ):
            pytest.fail("opened a file that another program holds")
        other.communicate("go\n")
    with open_warehouse(home) as con:
        assert con.execute("select current_setting('TimeZone')").fetchone() == ("UTC",)


def test_what_is_not_a_database_is_said_by_duckdb(home: Home) -> None:
    home.warehouse.write_bytes(b"not a database" * 1000)
    with pytest.raises(duckdb.IOException, match="not a valid DuckDB"), open_warehouse(home):
        pytest.fail("opened a file that is not a database")
