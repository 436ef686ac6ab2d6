"""Law 7: rows shuffled, files split, merged or in another format give the same documents."""

import csv
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pytest

from orchestration.home import Home
from tests.control_totals.world import World
from tests.laws.worked_world import BILL_DATES, Row, Rows, first_rows, late_rows

LEDGER_TABLES = (
    "documents",
    "lines",
    "usage",
    "taxes",
    "drawdowns",
    "closed_cycles",
    "account_calendars",
    "subscription_accounts",
)

Write = Callable[[Path, str, Sequence[Row]], None]


def write_csv(folder: Path, name: str, rows: Sequence[Row]) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def write_jsonl(folder: Path, name: str, rows: Sequence[Row]) -> None:
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def land_in_order(home: Home, rows: Rows, batch: str) -> None:
    for table, of_table in rows.items():
        folder = home.landing / table
        folder.mkdir(parents=True, exist_ok=True)
        write_csv(folder, batch, of_table)


def land_shuffled(home: Home, rows: Rows, batch: str, chance: random.Random) -> None:
    """Every table's rows in random order, over one to four files of either format."""
    for table, of_table in rows.items():
        folder = home.landing / table
        folder.mkdir(parents=True, exist_ok=True)
        shuffled = chance.sample(of_table, len(of_table))
        parts = min(chance.randint(1, 4), len(shuffled))
        for part in range(parts):
            write: Write = chance.choice((write_csv, write_jsonl))
            write(folder, f"{chance.random()}-{batch}-{part}", shuffled[part::parts])


def ledger_of(home: Home) -> dict[str, list[tuple[object, ...]]]:
    """The ledger's rows with their hashes, which cover every column."""
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return {
            table: con.execute(f"from ledger.{table} order by all").fetchall()
            for table in LEDGER_TABLES
        }


@pytest.mark.slow
def test_the_same_rows_in_any_order_and_files_give_the_same_ledger(
    new_home: Callable[[], Home],
) -> None:
    ledgers = []
    for seed in (None, 1, 2):
        home = new_home()
        for bill_date, rows in zip(BILL_DATES, (first_rows(), late_rows()), strict=True):
            if seed is None:
                land_in_order(home, rows, bill_date)
            else:
                land_shuffled(home, rows, bill_date, random.Random(seed))
            World(home.root).close(bill_date)
        ledgers.append(ledger_of(home))
    in_order, *shuffled = ledgers
    assert len(in_order["documents"]) > 8
    assert len(in_order["drawdowns"]) > 8
    for ledger in shuffled:
        assert ledger == in_order
