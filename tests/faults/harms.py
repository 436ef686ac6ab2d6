"""What is done to a home or to a process: disks, modes, damaged files, signals, clocks.

Each harm is a plain function, so that a process can be told of it.
"""

import ctypes
import gzip
import os
import resource
import shutil
import signal
import time
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import duckdb

from orchestration import database
from orchestration.defs.landing import load
from orchestration.home import Home

BALLAST = "ballast"
# What lands for the second close, under the landing folder.
THIRD = "subscriptions/third.parquet"
# The files that spoil_landing leaves, with what is said of each.
SPOILED = {
    "binary.csv": "it has no column plan_id, name, which plans requires",
    "cut.csv.gz": "its gzip archive is damaged or cut short",
    "cut.parquet": "it is not a whole Parquet file",
    "dangling.csv": "it is a link; put the file itself here",
    "empty.csv": "it is empty or its first line is; start with the column names",
    "empty.parquet": "it is not a whole Parquet file",
    "flipped.csv.gz": "its gzip archive is damaged or cut short",
    "no-object.jsonl": "no line of it is a JSON object; write one object a line",
    "pipe.csv": "it is not a regular file; remove it",
    "utf-16.csv": "it is encoded in UTF-16; save it as UTF-8",
}
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2
_CAPABILITIES_3 = 0x20080522
# Of a DuckDB file.
_HEADERS, _BLOCK = 3 * 4096, 262_144
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
    """Leave no block free where the home is, if that is a disk of its own."""
    home = Home.from_environment()
    if not home.root.is_mount():
        # Where no disk may be mounted: no file of this process grows beyond 64 kB.
        resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, resource.RLIM_INFINITY))
        return
    with (home.root / BALLAST).open("wb") as ballast:
        for size in (1 << 20, 1 << 12):
            block = bytes(size)
            try:
                while True:
                    ballast.write(block)
                    ballast.flush()
            except OSError:
                continue


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


def kill_after(seconds: float) -> None:
    """End this process as `kill -9` would in so many seconds, wherever it is by then."""
    victim = os.getpid()
    if os.fork() == 0:
        time.sleep(seconds)
        os.kill(victim, signal.SIGKILL)
        os._exit(0)


def set_mode(home: Home, name: str, mode: int) -> None:
    """Give a file or folder of the home a mode."""
    (home.root / name).chmod(mode)


def damage_ledger(warehouse: Path) -> None:
    """Change a byte of a page that holds the ledger's documents."""
    with duckdb.connect(str(warehouse)) as con:
        con.execute("checkpoint")
        (block,) = con.execute(
            "select max(block_id) from pragma_storage_info('ledger.documents')"
        ).fetchall()[0]
    with warehouse.open("r+b") as file:
        file.seek(_HEADERS + block * _BLOCK + _BLOCK // 2)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 0xFF]))


def alter_manifest(home: Home) -> None:
    """Change the hash of a file that was delivered, in the record of what was."""
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("update documents.files set sha256 = md5(sha256) where format = 'html'")


def spoil_landing(home: Home) -> None:
    """Leave a file of each kind of damage in the folder of one table."""
    folder = home.landing / "plans"
    rows = b"plan_id,name\n" + b"".join(b"Y-%d,Other plan %d\n" % (n, n) for n in range(999))
    packed = gzip.compress(rows, mtime=0)
    parquet = home.landing / THIRD
    for name, content in {
        "binary.csv": bytes(range(256)) * 20,
        "cut.csv.gz": packed[: len(packed) // 2],
        "cut.parquet": parquet.read_bytes()[:-9],
        "empty.csv": b"",
        "empty.parquet": b"",
        "flipped.csv.gz": packed[:99] + bytes([packed[99] ^ 0xFF]) + packed[100:],
        "no-object.jsonl": b"\x00\x01\n",
        "utf-16.csv": rows.decode().encode("utf-16"),
    }.items():
        (folder / name).write_bytes(content)
    os.mkfifo(folder / "pipe.csv")
    (folder / "dangling.csv").symlink_to("/nowhere/plans.csv")


def unspoil_landing(home: Home) -> None:
    """Take these files out again."""
    for name in SPOILED:
        (home.landing / "plans" / name).unlink()


def damage_marts(home: Home) -> None:
    """Cut one published file short, and change a byte in each page of the other."""
    cut(home.marts)
    content = bytearray(home.public_marts.read_bytes())
    for place in range(_HEADERS + 100, len(content), _BLOCK):
        content[place] ^= 0xFF
    home.public_marts.write_bytes(content)


def damage_record(home: Home) -> None:
    """Write over Dagster's databases."""
    for path in home.dagster.rglob("*.db"):
        path.write_bytes(b"no database" * 500)


def move_record_away(home: Home) -> None:
    """What the message says to do."""
    shutil.move(home.dagster, f"{home.root}-dagster")


def damage_manifest(home: Home) -> None:
    """Cut short what dbt parsed."""
    cut(home.dbt_target / "manifest.json")
    cut(home.dbt_target / "partial_parse.msgpack")


def misstate_memory() -> None:
    """No amount of memory."""
    os.environ["RELEVE_MEMORY"] = "plenty"


def starve() -> None:
    """Too little memory for any model."""
    os.environ["RELEVE_MEMORY"] = "1MB"


def cut(path: Path) -> None:
    """Keep the first half of a file."""
    os.truncate(path, path.stat().st_size // 2)


def write_parquet(path: Path, query: str) -> None:
    """The rows of a query as a Parquet file."""
    with duckdb.connect() as con:
        con.execute(f"copy ({query}) to '{path}' (format parquet)")
