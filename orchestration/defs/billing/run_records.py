"""Every close on record: who ran which code on which files, and what came of it.

A record is appended in the transaction of the bill run that it is about, and one for a run that
issued nothing or failed. Not here: the ledger itself (ledger.py); the records are beside its
chains, for they hold times, and the same inputs are to give the same ledger.
"""

import getpass
import hashlib
import json
import platform
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import version
from typing import Any

import duckdb

from orchestration.defs.billing.ledger import IssueSummary, chained_tables
from orchestration.defs.billing.manifest import project_digest
from orchestration.home import PROJECT

ISSUED = "issued"
NOTHING_DUE = "nothing_due"
FAILED = "failed"

_CODE = ("orchestration", "renderers")
_GIT_SECONDS = 5


@dataclass(frozen=True)
class Run:
    """A run of the close: its key in Dagster, the date that it closes, when it started."""

    run_id: str
    bill_date: date
    started_at: datetime


def record_issue(con: duckdb.DuckDBPyConnection, run: Run, summary: IssueSummary) -> None:
    """Append the record of what a run issued, or that nothing was due."""
    _append(
        con,
        run,
        {
            "outcome": NOTHING_DUE if summary.bill_run_id is None else ISSUED,
            "bill_run_id": summary.bill_run_id,
            "document_count": len(summary.document_ids),
            "line_count": summary.line_count,
            "closed_count": summary.closed_count,
            "held_count": summary.held_count,
            "total_by_currency": _json(
                {currency: str(total) for currency, total in summary.totals.items()}
            ),
        },
    )


def record_failure(con: duckdb.DuckDBPyConnection, run: Run, step: str) -> None:
    """Append that a step of a run failed. Its message may hold rows, so it is not kept."""
    _append(con, run, {"outcome": FAILED, "failed_step": step})


def chain_heads(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """How many rows each chained table has, and the hash of the last."""
    heads = {}
    for table in chained_tables():
        row = con.execute(
            f"select count(*), arg_max(row_hash, ledger_position) from ledger.{table}"
        ).fetchone()
        assert row is not None
        heads[table] = {"count": row[0], "head": row[1]}
    return heads


@cache
def code_digest() -> str:
    """A digest of the code that bills: the sources as installed, and what dbt reads."""
    digest = hashlib.sha256(project_digest().encode())
    for folder in _CODE:
        for path in sorted((PROJECT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(PROJECT)}\n".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@cache
def code_commit() -> str | None:
    """The commit of a checkout, with a plus sign where its files differ; None elsewhere."""
    git = shutil.which("git")
    if git is None or not (PROJECT / ".git").exists():
        return None
    try:
        described = subprocess.run(
            [git, "-C", str(PROJECT), "describe", "--always", "--abbrev=40", "--dirty=+"],
            capture_output=True,
            text=True,
            timeout=_GIT_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return described.stdout.strip() or None


def _append(con: duckdb.DuckDBPyConnection, run: Run, outcome: Mapping[str, Any]) -> None:
    (record_id, seen) = con.execute(
        "select count(*) + 1, coalesce(max(landing_id), 0) from ledger.run_records"
    ).fetchall()[0]
    landed = con.execute(
        "select landing_id, path, table_name, status, row_count, checksum from raw.landed_files"
        " where landing_id > ? order by landing_id",
        [seen],
    ).fetchall()
    names = ("landing_id", "path", "table_name", "status", "row_count", "sha256")
    record = {
        "record_id": record_id,
        "run_id": run.run_id,
        "bill_date": run.bill_date,
        "os_user": _user(),
        "host": platform.node(),
        "started_at": run.started_at,
        "finished_at": datetime.now(UTC),
        "package_version": version("releve"),
        "code_commit": code_commit(),
        "code_digest": code_digest(),
        "landing_id": max([seen, *(row[0] for row in landed)]),
        "landed_files": _json([dict(zip(names, row, strict=True)) for row in landed]),
        "chain_heads": _json(chain_heads(con)),
        **outcome,
    }
    columns = list(record)
    con.execute(
        f"insert into ledger.run_records ({', '.join(columns)})"
        f" values ({', '.join('?' for _ in columns)})",
        [record[name] for name in columns],
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
