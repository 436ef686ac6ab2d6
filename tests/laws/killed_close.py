"""A `releve` command in a process of its own, killed at a chosen point as `kill -9` would.

Each point is a function of the close; the process dies as it is called for the given time.
The processes are forked from a server that has read the libraries once, and has done nothing
else: a fork of this process would inherit its threads and open files.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from orchestration.cli import main
from orchestration.defs.billing import ledger
from orchestration.defs.billing.resources import Dbt
from orchestration.defs.documents import assets as documents
from orchestration.defs.landing import load
from orchestration.defs.publishing import marts_file
from orchestration.home import Home

POINTS: dict[str, tuple[object, str, int]] = {
    "while files land": (load, "_store", 3),
    "before the first model": (Dbt, "build", 1),
    "before the append": (ledger, "append", 1),
    "in the append, nothing inserted": (ledger, "_chain_and_insert", 1),
    "in the append, before the last table": (ledger, "_chain_and_insert", 5),
    "after the append, before the marts": (Dbt, "build", 2),
    "between the two files of marts": (marts_file, "_publish", 2),
    "before the documents": (documents, "render_documents", 1),
}
LAST_POINT = "before the documents"

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__, "orchestration.definitions", "dbt.cli.main"])


def run(
    home: Home, *arguments: str, killed_at: str = "", killed_after: float | None = None
) -> int | None:
    """Runs the command on a home; its exit code, negative for the signal that ended it.

    It dies at a point or after so many seconds.
    """
    process = _processes.Process(target=_run, args=(str(home.root), arguments, killed_at))
    process.start()
    process.join(killed_after)
    if process.is_alive():
        process.kill()
        process.join()
    return process.exitcode


def _run(home: str, arguments: Sequence[str], killed_at: str) -> None:
    os.environ["RELEVE_HOME"] = home
    if killed_at:
        # A close that has no such point, as where nothing is issued, dies at the last one.
        for point in {killed_at, LAST_POINT}:
            _kill_at(*POINTS[point])
    with Path(os.devnull).open("w") as quiet:
        sys.stdout = sys.stderr = quiet
        sys.exit(main(list(arguments)))


def _kill_at(owner: Any, name: str, call: int) -> None:
    """Replace a function by one that ends the process when it is called for that time."""
    function: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def killing(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **named)

    setattr(owner, name, killing)
