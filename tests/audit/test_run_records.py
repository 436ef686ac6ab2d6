"""Every close leaves a record: of what it issued, that nothing was due, or that it failed."""

import getpass
import hashlib
import json
from typing import Any

import duckdb
import pytest

from orchestration.cli import DONE, FAILED
from orchestration.cli import main as releve
from orchestration.home import Home
from tests.orchestration.company import FIRST_BILL_DATE, land_company, leave


def records(home: Home) -> list[dict[str, Any]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        result = con.execute("from marts.bill_run_records order by record_id")
        names = [column[0] for column in result.description or []]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@pytest.mark.slow
def test_a_close_says_who_ran_what_on_which_files_and_what_came_of_it(home: Home) -> None:
    land_company(home)
    assert releve(["close", FIRST_BILL_DATE]) == DONE
    assert releve(["close", FIRST_BILL_DATE]) == DONE
    leave(home.landing / "usage_events" / "damaged.parquet", "This is no Parquet file.")
    assert releve(["close", "2024-02-01"]) == FAILED

    issued, nothing, failed = records(home)
    # Two seats at 100.00 and 20 % of tax.
    assert issued["outcome"] == "issued"
    assert issued["bill_run_id"] == f"{FIRST_BILL_DATE}-1"
    assert (issued["document_count"], issued["line_count"], issued["closed_count"]) == (2, 2, 2)
    assert json.loads(issued["total_by_currency"]) == {"EUR": "240.0000"}
    assert issued["os_user"] == getpass.getuser()
    assert issued["package_version"]
    assert len(issued["code_digest"]) == 64
    assert issued["started_at"] <= issued["finished_at"]
    landed = {file["path"]: file["sha256"] for file in json.loads(issued["landed_files"])}
    assert landed == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in home.landing.glob("*.csv")
    }
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        heads = {
            table: con.execute(
                f"select count(*), arg_max(row_hash, ledger_position) from ledger.{table}"
            ).fetchall()[0]
            for table in ("documents", "lines", "bill_runs")
        }
    said = json.loads(issued["chain_heads"])
    assert {table: (said[table]["count"], said[table]["head"]) for table in heads} == heads

    assert nothing["outcome"] == "nothing_due"
    assert nothing["bill_run_id"] is None
    assert json.loads(nothing["landed_files"]) == []
    assert json.loads(nothing["chain_heads"]) == said

    assert failed["outcome"] == "failed"
    assert str(failed["bill_date"]) == "2024-02-01"
    assert failed["failed_step"] == "landed_files"
    (damaged,) = json.loads(failed["landed_files"])
    assert (damaged["path"], damaged["status"]) == ("usage_events/damaged.parquet", "refused")
