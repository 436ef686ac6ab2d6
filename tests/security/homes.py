"""A company closed under a key, with a name and secrets that can be looked for."""

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.cli import main
from orchestration.database import open_warehouse
from orchestration.home import Home
from tests.orchestration.company import FIRST_BILL_DATE, land_company, leave

KEY = "tDg0K3p5vKcl0v1gVxH6mV1zv6m7Q2fKx3cZr8sYw0E="
OTHER_KEY = "4mX1v0cYk7sPq9dJw2uRz5bT8eG3hN6aLf0oVi1yQxM="
MAIL_LOGIN = "Jx7-mail-password-Qk3"
CUSTOMER = "Zénobie Quatremère"

_SECRETS = {
    "RELEVE_KEY": KEY,
    # The server takes no mail: that a step failed is then told in the log alone.
    "RELEVE_ALERTS_TO": "ops@example.com",
    "RELEVE_SMTP_HOST": "127.0.0.1",
    "RELEVE_SMTP_PORT": "9",
    "RELEVE_SMTP_SECURITY": "none",
    "RELEVE_SMTP_USER": "releve",
    "RELEVE_SMTP_PASSWORD": MAIL_LOGIN,
}
_LAX_UMASK = 0o022


def land_named_company(home: Home) -> None:
    """The small company, with one more customer, whose name is found nowhere else."""
    land_company(home)
    leave(
        home.landing / "accounts" / "named.csv",
        f"""
        account_id,entity_id,name,country_code,billing_anchor
        A-9,E-1,{CUSTOMER},FR,2024-01-01
        """,
    )
    leave(
        home.landing / "subscriptions" / "named.csv",
        """
        subscription_id,account_id,plan_id,starts_on
        S-9,A-9,P-1,2024-01-01
        """,
    )


def close_company(home: Home, *, with_secrets: bool) -> None:
    """Close the first bill date, as someone whose files are readable by all by default."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RELEVE_HOME", str(home.root))
        for name, value in (_SECRETS if with_secrets else {}).items():
            patch.setenv(name, value)
        land_named_company(home)
        before = os.umask(_LAX_UMASK)
        try:
            assert main(["close", FIRST_BILL_DATE]) == 0
        finally:
            os.umask(before)


def files(folder: Path) -> Iterator[Path]:
    """Every file under a folder."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def files_with(folder: Path, text: str) -> set[str]:
    """The files, by their path in the folder, that have a text among their bytes."""
    sought = text.encode()
    return {str(path.relative_to(folder)) for path in files(folder) if sought in path.read_bytes()}


def bytes_of(home: Home) -> dict[str, bytes]:
    """The databases of a home as they are on disk, journals included."""
    return {path.name: path.read_bytes() for path in home.root.glob("*.duckdb*") if path.is_file()}


def rows_of(home: Home, schemas: set[str]) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of some schemas; not the records of runs, which hold times."""
    with open_warehouse(home, read_only=True) as con:
        return {
            f"{schema}.{table}": con.execute(f'from "{schema}"."{table}" order by all').fetchall()
            for schema, table in con.execute(
                "select schema_name, table_name from duckdb_tables()"
            ).fetchall()
            if schema in schemas and table != "run_records"
        }


def opened(file: Path, key: str) -> duckdb.DuckDBPyConnection:
    """A database as an analyst opens it: DuckDB as it comes, and the key."""
    con = duckdb.connect()
    con.execute(f"attach '{file}' as {file.stem} (read_only, encryption_key '{key}')")
    return con
