"""What to do when the machine is the cause of a failure: a full disk, a file that was damaged.

DuckDB, SQLite and the system say what went wrong, each in its own words; none says what becomes of
the bills. Not here: failures with words of their own, which are ReleveErrors (errors.py).
"""

import re

from orchestration.home import Home

RESTORE = (
    "Restore the last backup into an empty folder (RELEVE_HOME=FOLDER releve restore FILE), copy"
    " what is in {home.landing} to its landing, and close there the dates that were closed since:"
    " the same files make the same documents."
)
_AGAIN = "then run the command again; what was committed stays, the rest is done then."
# The first that fits counts: a disk that is full makes other things fail behind it.
_CAUSES = (
    (
        r"no space left|disk is full|disk i/o error|file too large|quota exceeded|not enough disk",
        f"The disk of {{home.root}} is full, or fails (df -h {{home.root}}). Free some, {_AGAIN}",
    ),
    (
        r"out of memory|failed to allocate|memoryerror|std::bad_alloc",
        "There is too little memory for this much data. Give DuckDB more (RELEVE_MEMORY=8GB), or"
        f" free some, {_AGAIN}",
    ),
    (
        r"file is not a database|disk image is malformed",
        "Dagster's record of runs is damaged. No bill depends on it: move {home.dagster} away,"
        f" {_AGAIN}",
    ),
    (
        r"not a valid duckdb|corrupt database|corrupt wal|replaying wal"
        r"|not read enough bytes|aes tag differs",
        "The warehouse is damaged, and nothing is issued from it. " + RESTORE,
    ),
    (
        r"permission denied|read-only file|readonly database|operation not permitted",
        "Whoever runs releve must be able to read {home.landing} and to write in {home.root}."
        f" Mend that, {_AGAIN}",
    ),
)


def advised(said: str, home: Home) -> str:
    """The words of a failure, with what to do about it where the machine is the cause."""
    advice = advice_for(said, home)
    return f"{said.strip()}\n\n{advice}" if advice and advice not in said else said.strip()


def advice_for(said: str, home: Home) -> str | None:
    """What to do about a failure of which these are the words; none when it says so itself."""
    words = said.lower()
    for pattern, advice in _CAUSES:
        if re.search(pattern, words):
            return advice.format(home=home)
    return None
