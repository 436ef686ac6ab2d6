"""The marts as files: what other tools read is what the marts hold, and nothing runs in a cell."""

import csv
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.cli import main
from orchestration.home import Home
from tests.orchestration.company import FIRST_BILL_DATE, land_company, leave

Output = pytest.CaptureFixture[str]


def test_nothing_is_exported_before_a_close(home: Home, capsys: Output) -> None:
    assert not home.marts.exists()
    assert main(["export"]) == 1
    assert "close a date first" in capsys.readouterr().err


def test_marts_leave_as_parquet_and_as_harmless_csv(
    home: Home, tmp_path: Path, capsys: Output
) -> None:
    """A charge of 100.00 a month whose name is a formula, billed twice."""
    land_company(home)
    leave(
        home.landing / "charges.csv",
        """
        charge_id,plan_id,name,kind,model,timing
        C-1,P-1,=1+1,recurring,per_unit,advance
        """,
    )
    assert main(["close", FIRST_BILL_DATE]) == 0

    assert main(["export"]) == 0
    assert f"are in {home.exports}." in capsys.readouterr().out
    file = home.exports / "invoice_lines.parquet"
    assert file.stat().st_mode & 0o777 == 0o600
    lines = duckdb.sql(f"select description, net_amount from '{file}'").fetchall()
    assert lines == [("=1+1", Decimal(100)), ("=1+1", Decimal(100))]

    assert main(["export", str(tmp_path), "--format", "csv"]) == 0
    with (tmp_path / "invoice_lines.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert [(row["description"], row["net_amount"]) for row in rows] == [
        ("'=1+1", "100.0000"),
        ("'=1+1", "100.0000"),
    ]

    public = tmp_path / "public"
    assert main(["export", str(public), "--public"]) == 0
    with duckdb.connect() as con:
        columns = {
            (path.stem, column[0])
            for path in public.glob("*.parquet")
            for column in con.execute(f"describe from '{path}'").fetchall()
        }
    assert ("invoice_lines", "net_amount") in columns
    left_out = {
        ("account_statements", "account_name"),
        ("invoice_lines", "description"),
        ("rejected_rows", "row_content"),
    }
    assert not left_out & columns
    assert "=1+1" not in _text(home.public_marts)
    assert "=1+1" in _text(home.marts)


def _text(file: Path) -> str:
    """Everything that a published file holds, as text."""
    with duckdb.connect(str(file), read_only=True) as con:
        tables = con.execute("select table_name from duckdb_tables()").fetchall()
        return str([con.execute(f'from "{table}"').fetchall() for (table,) in tables])
