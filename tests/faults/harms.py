"""What is done to a home or to a process: disks, modes, damaged files, signals, clocks.

Each harm is a plain function, so that a process can be told of it.
"""

import ctypes
import os
import resource
import signal
import sqlite3
import time
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import duckdb

from orchestration import database
from orchestration.defs.landing import load
from orchestration.home import Home

BALLAST = "ballast"
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2
_CAPABILITIES_3 = 0x20080522
_BACK = timedelta(days=3_000)
_libc = ctypes.CDLL(None, use_errno=True)


def interrupt() -> None:
    """Ctrl-C."""
    os.kill(os.getpid(), signal.SIGINT)


def terminate() -> None:
    """What systemd sends to stop a service."""
    os.kill(os.getpid(), signal.SIGTERM)


def obey_modes() -> None:
    """Give up root's right to read and write whatever a file's mode says."""
    if os.geteuid() != 0:
        return
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0)
    sets = (ctypes.c_uint32 * 6)()
    if _libc.capget(header, sets):
        raise OSError(ctypes.get_errno(), "capget")
    kept = ~((1 << _CAP_DAC_OVERRIDE) | (1 << _CAP_DAC_READ_SEARCH)) & 0xFFFFFFFF
    for place in (0, 1, 2):
        sets[place] &= kept
    if _libc.capset(header, sets):
        raise OSError(ctypes.get_errno(), "capset")


def fill_disk() -> None:
    """Leave no block free where the home is."""
    home = Home.from_environment()
    with (home.root / BALLAST).open("wb") as ballast:
        for size in (1 << 20, 1 << 12):
            block = bytes(size)
            try:
                while True:
                    ballast.write(block)
                    ballast.flush()
            except OSError:
                continue


def forbid_growth() -> None:
    """Let no file of this process grow beyond 64 kB: a full disk for who may mount none."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, resource.RLIM_INFINITY))


def turn_clock_back() -> None:
    """Eight years ago, for all that asks Python for the time."""
    real_time = time.time
    time.time = lambda: real_time() - _BACK.total_seconds()

    class Earlier(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Earlier":
            then = datetime.now(tz) - _BACK
            return cls.fromtimestamp(then.timestamp(), tz)

    load.datetime = database.datetime = Earlier  # type: ignore[attr-defined]


def lose_patience() -> None:
    """Wait half a second for another program, not half a minute."""
    defaults = database.open_warehouse.__wrapped__.__kwdefaults__  # type: ignore[attr-defined]
    defaults["patience"] = 0.5


def starve() -> None:
    """Too little memory for any model."""
    os.environ["RELEVE_MEMORY"] = "1MB"


def cut(path: Path) -> None:
    """Keep the first half of a file."""
    os.truncate(path, path.stat().st_size // 2)


def flip(path: Path, place: float) -> None:
    """Change a byte at a part of the file's length."""
    content = bytearray(path.read_bytes())
    content[int(len(content) * place)] ^= 0xFF
    path.write_bytes(content)


def write_parquet(path: Path, query: str) -> None:
    """The rows of a query as a Parquet file."""
    with duckdb.connect() as con:
        con.execute(f"copy ({query}) to '{path}' (format parquet)")


def hold_record(path: Path) -> sqlite3.Connection:
    """Open one of Dagster's databases as a writer that does not let go."""
    connection = sqlite3.connect(path)
    connection.execute("begin exclusive")
    return connection
