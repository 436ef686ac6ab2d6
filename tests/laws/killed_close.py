"""A close that kills its own process, as `kill -9` would, at a chosen point.

    RELEVE_HOME=... python -m tests.laws.killed_close POINT DATE

Each point is a function of the close; the process dies as it is called for the given time.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from orchestration.cli import main
from orchestration.defs.billing import ledger
from orchestration.defs.billing.resources import Dbt
from orchestration.defs.documents import assets as documents
from orchestration.defs.landing import load
from orchestration.defs.publishing import marts_file

POINTS: dict[str, tuple[object, str, int]] = {
    "while files land": (load, "_store", 3),
    "before the first model": (Dbt, "build", 1),
    "before the append": (ledger, "append", 1),
    "in the append, nothing inserted": (ledger, "_chain_and_insert", 1),
    "in the append, before the last table": (ledger, "_chain_and_insert", 6),
    "after the append, before the marts": (Dbt, "build", 2),
    "while the marts are copied": (marts_file, "published_counts", 1),
    "before the documents": (documents, "render_documents", 1),
}


def kill_at(owner: Any, name: str, call: int) -> None:
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


if __name__ == "__main__":
    point, bill_date = sys.argv[1:]
    kill_at(*POINTS[point])
    sys.exit(main(["close", bill_date]))
