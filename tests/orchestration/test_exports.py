"""The marts as files: what other tools read is what the marts hold, and nothing runs in a cell."""

import csv
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet
import pytest

from orchestration.cli import main
from orchestration.exports import export_marts
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


def test_no_text_begins_a_formula_in_csv_and_numbers_stay_numbers(
    home: Home, tmp_path: Path
) -> None:
    dangerous = [f"{first}1+1" for first in "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"]
    harmless = ["1+1", "'=1+1", " =1+1", "a-b", 'say "=1"', "", "é"]
    amounts = [Decimal(n) - Decimal("5.0001") for n in range(len(dangerous) + len(harmless))]
    with duckdb.connect(str(home.marts)) as con:
        con.execute("create table names (name varchar, amount decimal(38, 4), on_date date)")
        con.executemany(
            "insert into names values (?, ?, date '2024-01-31')",
            list(zip(dangerous + harmless, amounts, strict=True)),
        )
    assert export_marts(home, tmp_path, "csv", public=False) == {"names": len(amounts)}
    with (tmp_path / "names.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert [row["name"] for row in rows] == [*(f"'{name}" for name in dangerous), *harmless]
    assert [row["amount"] for row in rows] == [str(amount) for amount in amounts]
    assert rows[0]["amount"] == "-5.0001"


def test_another_reader_of_the_parquet_finds_every_decimal(home: Home, tmp_path: Path) -> None:
    """Arrow's own reader, not DuckDB's: 38 digits, and twelve decimals, as they were."""
    amounts = [Decimal("9999999999999999999999999999999999.9999"), Decimal("-0.0001"), None]
    quantities = [Decimal("0.000000000001"), Decimal("-12345678901234567890123456.5"), Decimal(0)]
    with duckdb.connect(str(home.marts)) as con:
        con.execute("create table exact (amount decimal(38, 4), quantity decimal(38, 12))")
        con.executemany(
            "insert into exact values (?, ?)", list(zip(amounts, quantities, strict=True))
        )
    export_marts(home, tmp_path, "parquet", public=False)
    table = pyarrow.parquet.read_table(tmp_path / "exact.parquet")
    assert [str(field.type) for field in table.schema] == [
        "decimal128(38, 4)",
        "decimal128(38, 12)",
    ]
    assert table["amount"].to_pylist() == amounts
    assert table["quantity"].to_pylist() == quantities


def _text(file: Path) -> str:
    """Everything that a published file holds, as text."""
    with duckdb.connect(str(file), read_only=True) as con:
        tables = con.execute("select table_name from duckdb_tables()").fetchall()
        return str([con.execute(f'from "{table}"').fetchall() for (table,) in tables])
