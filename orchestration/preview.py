"""The bill as a close would make it, on a copy: nothing of the home is written.

Not here: how the bill comes about (dbt), or the words of the command line (reports.py).
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from orchestration.database import PREVIEW, open_warehouse, warehouse_lock
from orchestration.defs.billing import ledger
from orchestration.defs.billing.manifest import project_digest, read_manifest
from orchestration.defs.billing.resources import Dbt
from orchestration.defs.landing.contract import create_raw_schema
from orchestration.defs.landing.load import land
from orchestration.defs.landing.report import unread_words
from orchestration.errors import ReleveError
from orchestration.home import Home

_DRAFT_FOLDERS = ("staging", "intermediate", "ledger")


class PreviewError(ReleveError):
    """The models could not be built; says which, and why."""


@dataclass(frozen=True)
class Preview:
    """Documents and lines as rows of `ledger.*_to_issue`, and who would be held with the reason."""

    documents: list[Mapping[str, Any]]
    lines: list[Mapping[str, Any]]
    held: list[Mapping[str, Any]]


def preview(
    home: Home, bill_date: date, account: str | None, report: Callable[[str], None]
) -> Preview:
    """What a close of `bill_date` would issue now: to everyone, or to the payer of `account`.

    Raises PreviewError when a file cannot be read, or a model or one of its tests fails, as a
    close would.
    """
    with _copied(home, report) as copy, open_warehouse(copy):
        with open_warehouse(copy) as con:
            create_raw_schema(con)
            ledger.create_ledger(con)
            landed = land(con, home.landing, lambda _: None)
            if landed.unread:
                raise PreviewError(unread_words(landed, home.landing))
            con.execute("delete from raw.bill_run_request")
            con.execute(
                "insert into raw.bill_run_request values (?, ?)", [bill_date, project_digest()]
            )
        failed = [
            f"{result.name}: {result.message.strip()}"
            for result in Dbt().build(copy, _drafts(copy), report)
            if result.is_error
        ]
        if failed:
            raise PreviewError("\n".join(failed))
        with open_warehouse(copy) as con:
            return _read(con, account)


@contextmanager
def _copied(home: Home, report: Callable[[str], None]) -> Iterator[Home]:
    """The warehouse and dbt's manifest in a folder that is gone afterwards."""
    with TemporaryDirectory(prefix=f"{PREVIEW}{os.getpid()}-", dir=home.temporary) as folder:
        copy = Home(Path(folder)).prepare()
        shutil.copytree(home.dbt_target, copy.dbt_target, dirs_exist_ok=True)
        with warehouse_lock(home, "releve preview", report):
            # With the log that a killed close may have left beside the file.
            for file in home.root.glob(f"{home.warehouse.name}*"):
                if file.is_file():
                    shutil.copyfile(file, copy.root / file.name)
        yield copy


def _drafts(home: Home) -> list[str]:
    """The models and seeds up to what would be issued, and their tests."""
    nodes = read_manifest(home)["nodes"].values()
    folders = {
        node["unique_id"]
        for node in nodes
        if node["resource_type"] == "seed"
        or (node["resource_type"] == "model" and node["fqn"][1] in _DRAFT_FOLDERS)
    }
    return [
        node["name"]
        for node in nodes
        if node["unique_id"] in folders
        or (node["resource_type"] == "test" and set(node["depends_on"]["nodes"]) <= folders)
    ]


def _read(con: duckdb.DuckDBPyConnection, account: str | None) -> Preview:
    only = (
        "where ? is null or account_id = ? or account_id in"
        " (select payer_account_id from intermediate.int_account_payers where account_id = ?)"
    )
    documents = _rows(
        con,
        f"from ledger.documents_to_issue {only} order by ledger_position",
        [account, account, account],
    )
    invoices = [document["invoice_id"] for document in documents]
    lines = _rows(
        con,
        "from ledger.lines_to_issue where list_contains(?, invoice_id) order by ledger_position",
        [invoices],
    )
    held = _rows(
        con,
        "select account_id, bill_date, string_agg(reason, '; ' order by reason) as reason"
        " from intermediate.int_account_errors"
        " where ? is null or account_id = ? or payer_account_id = ? or payer_account_id in"
        " (select payer_account_id from intermediate.int_account_payers where account_id = ?)"
        " group by all order by all",
        [account, account, account, account],
    )
    return Preview(documents, lines, held)


def _rows(
    con: duckdb.DuckDBPyConnection, query: str, parameters: list[object]
) -> list[Mapping[str, Any]]:
    result = con.execute(query, parameters)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
