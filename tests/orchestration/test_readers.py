"""Analysts read marts.duckdb while a close replaces it: the old marts or the new, never both."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration.cli import main
from orchestration.home import Home
from tests.orchestration.company import FIRST_BILL_DATE, SECOND_BILL_DATE, land_company

# Says that it has begun, reads until it is told to stop, and says what it saw, in order and
# without repetition. With "held" over one connection, else over a new one each time.
_READER = """
import json, select, sys, duckdb
file, is_held = sys.argv[1], sys.argv[2] == "held"
connection, seen = None, []
while True:
    if connection is None or not is_held:
        connection and connection.close()
        connection = duckdb.connect(file, read_only=True)
    documents, total, lines = connection.execute(
        "select count(*), cast(sum(net_amount) as varchar),"
        " (select cast(sum(net_amount) as varchar) from invoice_lines) from invoices"
    ).fetchone()
    assert total == lines, (total, lines)
    if not seen:
        print("begun", flush=True)
    if [documents, total] not in seen[-1:]:
        seen.append([documents, total])
    if select.select([sys.stdin], [], [], 0.02)[0]:
        break
print(json.dumps(seen))
"""


@contextmanager
def reading(file: Path, how: str) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that reads the file all the time."""
    process = subprocess.Popen(
        [sys.executable, "-c", _READER, str(file), how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.wait()


def seen_by(process: subprocess.Popen[str]) -> object:
    """What a reader saw until now; it ends well."""
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return json.loads(said.splitlines()[-1])


@pytest.mark.slow
def test_a_reader_keeps_what_it_opened_and_the_next_one_sees_the_close(home: Home) -> None:
    """Two documents of 100.00 by the first close, four by the second."""
    old, new = [2, "200.0000"], [4, "400.0000"]
    land_company(home)
    assert main(["close", FIRST_BILL_DATE]) == 0
    with reading(home.marts, "held") as held, reading(home.marts, "anew") as anew:
        assert main(["close", SECOND_BILL_DATE]) == 0
        assert seen_by(held) == [old]
        assert seen_by(anew) == [old, new]
    with reading(home.marts, "held") as held:
        assert seen_by(held) == [new]
