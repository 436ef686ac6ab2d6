"""A customer forgotten: personal data erased from what landed, what was issued kept.

The law wants both: erasure on request (GDPR, article 17), and documents and accounts kept for ten
years (Code de commerce, L123-22), six of them within reach of the tax office (LPF, L102 B), which
article 17(3)(b) excepts. What goes and what stays: docs/audit.md. Not here: the columns
(the contract) and the statements (defs/landing/erasure.py).
"""

import getpass
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.database import open_warehouse, warehouse_lock
from orchestration.defs.billing.ledger import create_ledger
from orchestration.defs.billing.manifest import read_manifest
from orchestration.defs.billing.resources import Dbt
from orchestration.defs.landing.contract import create_raw_schema, landing_tables
from orchestration.defs.landing.erasure import Erasure, erase
from orchestration.defs.landing.files import checksum, find_files
from orchestration.defs.publishing.marts_file import personal_columns, publish
from orchestration.errors import ReleveError
from orchestration.home import Home
from orchestration.rekeying import rewrite

_DERIVED = ("staging", "intermediate", "marts")


class ForgetError(ReleveError):
    """The account cannot be forgotten yet; says why."""


@dataclass(frozen=True)
class Forgotten:
    """What was, or would be, erased: rows by table, and files of the landing folder."""

    rows: Mapping[str, int]
    files: tuple[str, ...]


def forget(
    home: Home, account_id: str, report: Callable[[str], None], *, is_sure: bool
) -> Forgotten:
    """Erase what is personal of an account; nothing but count it unless `is_sure`.

    Safe to repeat: after a crash it goes on where it was. Raises ForgetError where the account
    has a subscription that goes on, something to bill or pay, or pays for others.
    """
    with warehouse_lock(home, "releve forget", report):
        with open_warehouse(home) as con:
            create_raw_schema(con)
            create_ledger(con)
            if reasons := list(_reasons_to_keep(con, account_id)):
                raise ForgetError(f"{account_id} cannot be forgotten: {'; '.join(reasons)}")
            con.begin()
            try:
                erasure = erase(con, [account_id])
                files = _files_of(con, home, erasure)
                if is_sure:
                    for file in files:
                        file.unlink()
                    _record(con, account_id, erasure)
                    con.commit()
                else:
                    con.rollback()
            except BaseException:
                con.rollback()
                raise
        if is_sure:
            _make_anew(home, report)
    names = tuple(str(file.relative_to(home.landing)) for file in files)
    return Forgotten(erasure.rows, names)


def _reasons_to_keep(con: duckdb.DuckDBPyConnection, account_id: str) -> Iterator[str]:
    """Why what is known of the account is needed still, in words."""
    known = con.execute("select 1 from raw.accounts where account_id = ?", [account_id]).fetchone()
    if known is None:
        yield "there is no such account"
        return
    if not _is_built(con):
        yield "no date was closed yet, so nobody knows what it owes"
        return
    (landed,) = con.execute(
        "select count(*) from raw.landed_files where landing_id >"
        " (select coalesce(max(landing_id), 0) from"
        " (select landing_id from ledger.run_records"
        " union all select landing_id from ledger.bill_runs))"
    ).fetchall()[0]
    if landed:
        yield f"{landed} files landed since the last close; close first"
    for query, sentence in _NEEDED:
        for row in con.execute(query, {"account": account_id}).fetchall():
            yield sentence.format(*row)


def _is_built(con: duckdb.DuckDBPyConnection) -> bool:
    found = con.execute(
        "select 1 from duckdb_tables() where schema_name = 'intermediate'"
        " and table_name = 'int_subscriptions_placed'"
    ).fetchone()
    return found is not None


_NEEDED = (
    (
        """
        select subscription_id
        from intermediate.int_subscriptions_placed
        where account_id = $account
            and coalesce(ended_on > (select max(bill_date) from ledger.bill_runs), true)
        order by all
        """,
        "subscription {0} goes on",
    ),
    (
        """
        select description from (
            select coalesce(charge_id, line_type) || ' from ' || service_start as description
            from marts.unbilled_charges
            where $account in (account_id, payer_account_id) and unbilled_amount <> 0
        )
        order by all
        """,
        "{0} is not billed yet",
    ),
    (
        """
        select bill_date, reason from marts.held_accounts
        where $account in (account_id, payer_account_id)
        order by all
        """,
        "it is held on {0}: {1}",
    ),
    (
        """
        select invoice_number, cast(open_amount as varchar), currency from marts.receivables
        where account_id = $account and open_amount <> 0
        order by all
        """,
        "{0} is open with {1} {2}",
    ),
    (
        """
        select credit_id, cast(balance_amount as varchar), currency from marts.prepaid_balances
        where account_id = $account
            and next_event_on = date '9999-12-31'
            and balance_amount > 0
        order by all
        """,
        "lot {0} of prepaid credit has {1} {2} left",
    ),
    (
        """
        select account_id from intermediate.int_account_payers
        where payer_account_id = $account and account_id <> $account
            and account_id not in (select account_id from raw.forgotten_accounts)
        order by all
        """,
        "it pays for {0}",
    ),
)


def _files_of(con: duckdb.DuckDBPyConnection, home: Home, erasure: Erasure) -> list[Path]:
    """The landed files that are still there and hold what is erased: all their rows are in raw."""
    landed = {
        row[0]
        for row in con.execute(
            "select checksum from raw.landed_files"
            " where status = 'landed' and list_contains(?, landing_id)",
            [sorted(erasure.landing_ids)],
        ).fetchall()
    }
    return [
        file.location
        for file in find_files(home.landing, landing_tables())
        if file.refusal is None and checksum(file) in landed
    ]


def _record(con: duckdb.DuckDBPyConnection, account_id: str, erasure: Erasure) -> None:
    con.execute(
        """
        insert into raw.forgotten_accounts
        select ?, ?, ?, ?
        where not exists (select 1 from raw.forgotten_accounts where account_id = ?)
        """,
        [
            account_id,
            datetime.now(UTC),
            getpass.getuser(),
            json.dumps(dict(erasure.rows), sort_keys=True),
            account_id,
        ],
    )


def _make_anew(home: Home, report: Callable[[str], None]) -> None:
    """Build all that follows from raw again, in files without what was deleted."""
    with open_warehouse(home) as con:
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where database_name = current_database() and list_contains(?, schema_name)",
            [list(_DERIVED)],
        ).fetchall()
        for schema, table in tables:
            con.execute(f'drop table {schema}."{table}"')
    rewrite(home, home.warehouse)
    manifest = read_manifest(home)
    models = [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] in {"model", "seed"}
    ]
    failed = [result for result in Dbt().build(home, models, report) if result.is_error]
    if failed:
        raise ForgetError(
            "It was erased, but not all models could be built after it:"
            f" {failed[0].name}: {failed[0].message}. Close a date, which builds them."
        )
    for file in (home.marts, home.public_marts):
        file.unlink(missing_ok=True)
    with open_warehouse(home) as con:
        publish(con, home, personal_columns(manifest))
