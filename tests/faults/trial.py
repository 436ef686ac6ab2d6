"""A company that is closed in peace, and one to which a fault happens: both must end the same."""

import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.defs.billing import ledger
from orchestration.home import Home
from tests.faults.catalogue import ISSUED, Fault, leave_news
from tests.faults.harms import BALLAST
from tests.faults.process import Harm, Running, SmallDisk, run
from tests.orchestration.company import FIRST_BILL_DATE, SECOND_BILL_DATE, land_company

_DISK_MEGABYTES = 300
_CLOSE = ("close", SECOND_BILL_DATE)
# What a killed or failed command may leave for the next one to remove, and no longer.
_UNFINISHED = (
    "*.part",
    "marts*.duckdb.*",
    "warehouse.duckdb.*",
    "tmp/*",
    ".restoring",
    "*/.*.[0-9]*",
)

_COMPARED = {"bill_runs": "* exclude (landing_id, content_hash, row_hash)"}

Ledger = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Peace:
    """What a close that nothing happened to issued: the ledger before and after, the files."""

    start: Home
    before: Ledger
    complete: Ledger
    documents: dict[str, bytes]

    @classmethod
    def made(cls, new_home: Callable[[], Home]) -> "Peace":
        """Close the first date, keep that home to start from, and close the second in another."""
        start, peaceful = new_home(), new_home()
        land_company(start)
        assert run(start, "close", FIRST_BILL_DATE).code == 0
        leave_news(start)
        _copy(start, peaceful)
        assert run(peaceful, *_CLOSE).code == 0
        complete = ledger_of(peaceful)
        assert len(complete["documents"]) == 2 * len(ledger_of(start)["documents"]) == 4
        return cls(start, ledger_of(start), complete, documents_of(peaceful))

    def begin(self, home: Home) -> Home:
        """Make a home what it is before the second close."""
        _copy(self.start, home)
        return home

    def suffer(self, home: Home, fault: Fault) -> None:
        """Run the command with the fault, and hold what comes of it to what is said of it."""
        fault.damage(home)
        command = [word.format(home=home.root) for word in fault.command]
        with _disk(home, fault) as disk:
            ended = Running(home, command, fault.prepare, disk).ended()
        fault.mend(home)
        said = f"{fault.kind}, {fault.title}: {ended}"
        assert ended.code == fault.code, said
        for words in (fault.says, *fault.says_too):
            assert words.format(home=home.root) in ended.err, said
        assert "Traceback" not in ended.err, said
        assert ledger_of(home) == (self.complete if fault.leaves == ISSUED else self.before), said
        assert _published(home) in {2, 4}, said

    def kill_after(self, home: Home, seconds: float) -> None:
        """Kill the close at some moment: the ledger is as it was, or complete."""
        running = Running(home, _CLOSE)
        running.wait(seconds)
        running.send(signal.SIGKILL)
        ended = running.ended()
        assert ledger_of(home) in (self.before, self.complete), ended
        assert _published(home) in {2, 4}, ended

    def resume(self, home: Home, *prepare: Harm) -> None:
        """Close without a fault: the same ledger, the same files, and nothing left over."""
        ended = run(home, *_CLOSE, prepare=prepare)
        assert ended.code == 0, ended
        self.hold(home)
        ended = run(home, "verify")
        assert ended.code == 0, ended

    def hold_ledger(self, home: Home) -> None:
        """The ledger is that of the close in peace."""
        assert ledger_of(home) == self.complete

    def hold(self, home: Home) -> None:
        """The ledger, the files and the marts are those of the close in peace."""
        self.hold_ledger(home)
        assert documents_of(home) == self.documents
        assert _published(home) == 4
        left = [path for pattern in _UNFINISHED for path in home.root.glob(pattern)]
        assert left == []


def ledger_of(home: Home) -> Ledger:
    """Every row of the ledger, but not which file a run saw last.

    A damaged file is given a number when it is tried, so those after it have higher ones.
    """
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return {
            table: con.execute(
                f"select {_COMPARED.get(table, '*')} from ledger.{table} order by all"
            ).fetchall()
            for table in ledger.ledger_tables()
        }


def documents_of(home: Home) -> dict[str, bytes]:
    """Every file of the folder of documents, whatever its name."""
    files = (path for path in home.documents.rglob("*") if path.is_file())
    return {str(path.relative_to(home.documents)): path.read_bytes() for path in files}


def _published(home: Home) -> int:
    """Documents in marts.duckdb, which opens and is whole at any time."""
    with duckdb.connect(str(home.marts), read_only=True) as con:
        for (mart,) in con.execute("select table_name from duckdb_tables()").fetchall():
            con.execute(f'select max(hash(columns(*))) from "{mart}"').fetchall()
        return len(con.execute("select invoice_id from invoices").fetchall())


@contextmanager
def _disk(home: Home, fault: Fault) -> Iterator[SmallDisk | None]:
    if not fault.on_small_disk:
        yield None
        return
    disk = SmallDisk(home, _DISK_MEGABYTES)
    try:
        yield disk
    finally:
        disk.remove(BALLAST)
        disk.close()


def _copy(source: Home, target: Home) -> None:
    shutil.rmtree(target.root)
    shutil.copytree(source.root, target.root, symlinks=True)
