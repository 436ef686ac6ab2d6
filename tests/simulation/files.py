"""Rows as files in every format of the contract, shuffled, split, some of them twice."""

import csv
import gzip
import io
import json
import random
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.home import Home
from tests.reference.catalogues import Cells
from tests.reference.worlds import Tables

from .stories import EVENT_KEYS

FORMATS = ("csv", "csv.gz", "jsonl", "jsonl.gz", "parquet")
DUPLICATES = 0.03


def leave_files(home: Home, tables: Tables, batch: int, chance: random.Random) -> None:
    """Each table's rows in random order over one to three files, a few of them in two."""
    for table, rows in tables.items():
        if not rows:
            continue
        folder = home.landing / table
        folder.mkdir(parents=True, exist_ok=True)
        shuffled = chance.sample(rows, len(rows))
        parts = chance.randint(1, min(3, len(rows)))
        for part in range(parts):
            again = [row for row in rows if chance.random() < DUPLICATES]
            of_file = [*shuffled[part::parts], *again]
            if table not in EVENT_KEYS:
                # A file that landed before does not land again, even to bring a row back.
                of_file = [{**row, "batch": str(batch)} for row in of_file]
            name = f"{batch:03}-{chance.randrange(10**6):06}-{part}.{chance.choice(FORMATS)}"
            _write(folder / name, of_file)


def _write(path: Path, rows: Sequence[Cells]) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    if path.suffix == ".parquet":
        cells = {column: [row.get(column) or None for row in rows] for column in columns}
        pq.write_table(
            pa.table({column: pa.array(values, pa.string()) for column, values in cells.items()}),
            path,
        )
        return
    text = io.StringIO(newline="")
    if ".csv" in path.suffixes:
        writer = csv.DictWriter(text, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    else:
        for row in rows:
            given = {column: value for column, value in row.items() if value}
            text.write(json.dumps(given, ensure_ascii=False) + "\n")
    content = text.getvalue().encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
