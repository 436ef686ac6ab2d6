"""The ledger: its tables, the bill run's one append, and the proof of its chains.

Each table is a chain of hashes, but for `usage`: its millions of rows are the content of
`usage_hash` of the line that they stand behind.

Not here: what is to be issued (the dbt models) or when (the job).
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from orchestration.database import transaction
from orchestration.home import DBT_PROJECT

SOURCES_FILE = DBT_PROJECT / "models" / "ledger" / "_ledger__sources.yml"
GENESIS = "0" * 64
# The tables that a bill run appends from dbt's views `<table>_to_issue`; lines need their usage.
DRAFTED_TABLES = (
    "documents",
    "usage",
    "lines",
    "line_workings",
    "taxes",
    "drawdowns",
    "closed_cycles",
    "account_calendars",
    "subscription_accounts",
)
_CHAIN = ("content_hash", "previous_hash", "row_hash")
# A line's usage rows as texts, in an order of their own, so that it matters to nobody.
_USAGE_HASH = """
    sha256(cast(to_json(list_sort(list(concat_ws(
        ' ',
        usage_date,
        quantity,
        event_count,
        coalesce(cast(epoch_us(first_event_at) as varchar), '-'),
        coalesce(cast(epoch_us(last_event_at) as varchar), '-'),
        meter_id
    )))) as varchar))
"""
_ROWS_AT_ONCE = 200_000


class LedgerError(Exception):
    """The ledger does not allow what was asked; the message says what to do."""


_DRAFTS = {
    "lines": f"""
        select lines.*, used.usage_hash
        from ledger.lines_to_issue as lines
        left join (select line_id, {_USAGE_HASH} as usage_hash from new_usage group by line_id)
            as used using (line_id)
    """
}


@dataclass(frozen=True)
class IssueSummary:
    """What a bill run issued. Amounts include tax, by currency."""

    bill_run_id: str | None
    document_ids: tuple[str, ...]
    line_count: int
    closed_count: int
    held_count: int
    totals: Mapping[str, Decimal]


@cache
def ledger_sources() -> Mapping[str, Mapping[str, Any]]:
    """Each ledger table by name, as the dbt sources file describes it and its columns."""
    return _described("ledger")


@cache
def ledger_tables() -> Mapping[str, Mapping[str, str]]:
    """Type of each column by name, of each ledger table by name."""
    return _typed_columns(ledger_sources())


@cache
def record_sources() -> Mapping[str, Mapping[str, Any]]:
    """What is kept beside the chains, the records of runs, described in the same way."""
    return _described("records")


def create_ledger(con: duckdb.DuckDBPyConnection) -> None:
    """Create the ledger's tables where they do not exist; never changes one that does."""
    con.execute("create schema if not exists ledger")
    tables = {**ledger_tables(), **_typed_columns(record_sources())}
    for table, columns in tables.items():
        definitions = [f"{name} {data_type}" for name, data_type in columns.items()]
        con.execute(f"create table if not exists ledger.{table} ({', '.join(definitions)})")


def _described(source_name: str) -> dict[str, Mapping[str, Any]]:
    document = yaml.safe_load(SOURCES_FILE.read_text(encoding="utf-8"))
    (described,) = (source for source in document["sources"] if source["name"] == source_name)
    return {table["name"]: table for table in described["tables"]}


def _typed_columns(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    return {
        name: {column["name"]: column["data_type"] for column in table["columns"]}
        for name, table in tables.items()
    }


def append(
    con: duckdb.DuckDBPyConnection,
    bill_date: date,
    record: Callable[[IssueSummary], None] = lambda _: None,
) -> IssueSummary:
    """Issue the drafts of `bill_date` in one transaction: all of them, or nothing.

    `record` is called with what was issued before the transaction ends.

    Raises LedgerError when the drafts in the warehouse were made for another date.
    """
    _require_drafts_of(con, bill_date)
    with transaction(con):
        summary = _append(con, bill_date)
        record(summary)
    return summary


def chained_tables() -> list[str]:
    """The ledger's tables whose rows are chained to one another."""
    return [table for table, columns in ledger_tables().items() if "row_hash" in columns]


def last_run_starts(con: duckdb.DuckDBPyConnection, table: str) -> int:
    """The first position that the last bill run appended to a chained table; 1 without a run."""
    if table == "bill_runs":
        return _one(con, "select greatest(count(*), 1) from ledger.bill_runs")[0]
    of_last_run = "bill_run_id = (select arg_max(bill_run_id, ledger_position) from runs)"
    if "bill_run_id" not in ledger_tables()[table]:
        of_last_run = f"invoice_id in (select invoice_id from ledger.documents where {of_last_run})"
    return _one(
        con,
        "with runs as (from ledger.bill_runs)"
        " select coalesce("
        f" (select min(ledger_position) from ledger.{table} where {of_last_run}),"
        f" (select count(*) + 1 from ledger.{table}))",
    )[0]


def broken_links(con: duckdb.DuckDBPyConnection, table: str, since: int = 1) -> list[int]:
    """Positions from `since` on whose rows the hash chain of a ledger table does not confirm.

    A row is confirmed when its content has the hash it carries, that hash and
    the row before make its row hash, and positions run 1, 2, 3 without a hole.
    """
    before = con.execute(
        f"select row_hash from ledger.{table} where ledger_position = ?", [since - 1]
    ).fetchone()
    result = con.execute(
        f"select ledger_position, {_content_hash(table)}, {', '.join(_CHAIN)}"
        f" from ledger.{table} where ledger_position >= ? order by ledger_position",
        [since],
    )
    broken = []
    expected_previous = before[0] if before else GENESIS
    place = since - 1
    while rows := result.fetchmany(_ROWS_AT_ONCE):
        for position, computed, content, previous, row_hash in rows:
            place += 1
            is_intact = (
                position == place
                and computed == content
                and previous == expected_previous
                and row_hash == _link(previous, content)
            )
            if not is_intact:
                broken.append(position)
            expected_previous = row_hash
    return broken


def broken_usage(con: duckdb.DuckDBPyConnection, since: int = 1) -> list[int]:
    """Positions of the lines from `since` on whose usage is not what their `usage_hash` says.

    0 stands for usage of a line that there is not.
    """
    rows = con.execute(
        f"""
        with

        lines as (
            select line_id, ledger_position, usage_hash from ledger.lines
            where ledger_position >= ?
        ),

        used as (
            select line_id, {_USAGE_HASH} as usage_hash
            from ledger.usage
            where ? = 1 or line_id in (select line_id from lines)
            group by line_id
        )

        select coalesce(lines.ledger_position, 0)
        from lines
        full join used using (line_id)
        where lines.usage_hash is distinct from used.usage_hash
        order by all
        """,
        [since, since],
    ).fetchall()
    return [position for (position,) in rows]


def _require_drafts_of(con: duckdb.DuckDBPyConnection, bill_date: date) -> None:
    built_for = con.execute("select bill_date from staging.stg_bill_run_requests").fetchone()
    if built_for is None or built_for[0] != bill_date:
        raise LedgerError(
            f"The drafts in the warehouse were made for {built_for[0] if built_for else 'no date'},"
            f" not for {bill_date}. Close {bill_date} as a whole: run the job close_cycle or"
            f" `releve close {bill_date}`."
        )
    (issued_already,) = _one(
        con,
        "select count(*) from ledger.closed_cycles_to_issue"
        " inner join ledger.closed_cycles using (account_id, bill_date)",
    )
    if issued_already:
        raise LedgerError(
            f"The drafts in the warehouse were issued already, those of {issued_already} payers."
            f" Close {bill_date} as a whole, so that the models see what was issued: run the job"
            f" close_cycle or `releve close {bill_date}`."
        )


def _append(con: duckdb.DuckDBPyConnection, bill_date: date) -> IssueSummary:
    (closed_count,) = _one(con, "select count(*) from ledger.closed_cycles_to_issue")
    (held_count,) = _one(
        con, "select count(distinct payer_account_id) from intermediate.int_account_errors"
    )
    if closed_count == 0:
        return IssueSummary(None, (), 0, 0, held_count, {})
    (earlier_runs,) = _one(
        con, "select count(*) from ledger.bill_runs where bill_date = ?", [bill_date]
    )
    bill_run_id = f"{bill_date}-{earlier_runs + 1}"
    for table in DRAFTED_TABLES:
        extra = {"bill_run_id": bill_run_id} if "bill_run_id" in ledger_tables()[table] else {}
        _stage(con, table, _DRAFTS.get(table, f"from ledger.{table}_to_issue"), extra)
    (document_count,) = _one(con, "select count(*) from new_documents")
    _stage(
        con,
        "bill_runs",
        "select (select count(*) + 1 from ledger.bill_runs) as ledger_position,"
        " (select coalesce(max(landing_id), 0) from raw.landed_files) as landing_id",
        {"bill_run_id": bill_run_id, "bill_date": bill_date, "document_count": document_count},
    )
    for table in chained_tables():
        _chain_and_insert(con, table)
    con.execute("insert into ledger.usage by name from new_usage")
    documents = con.execute("select invoice_id from new_documents order by ledger_position")
    document_ids = tuple(row[0] for row in documents.fetchall())
    (line_count,) = _one(con, "select count(*) from new_lines")
    totals = con.execute(
        "select currency, sum(total_amount) from new_documents group by currency order by currency"
    ).fetchall()
    for table in ledger_tables():
        con.execute(f"drop table new_{table}")
    return IssueSummary(
        bill_run_id, document_ids, line_count, closed_count, held_count, dict(totals)
    )


def _stage(
    con: duckdb.DuckDBPyConnection, table: str, query: str, extra: Mapping[str, object]
) -> None:
    """Put the rows to append in `new_<table>`, typed as the ledger's."""
    columns = [name for name in ledger_tables()[table] if name not in _CHAIN]
    extra_columns = "".join(f", ? as {name}" for name in extra)
    con.execute(
        f"create temp table new_{table} as"
        f" select {_typed(table, columns)} from (select *{extra_columns} from ({query}))"
        + (" order by ledger_position" if "ledger_position" in columns else ""),
        list(extra.values()),
    )


def _chain_and_insert(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Append the new rows, some at a time: a month of usage is millions of them."""
    last = con.execute(
        f"select row_hash from ledger.{table} order by ledger_position desc limit 1"
    ).fetchone()
    first, beyond = _one(
        con,
        "select coalesce(min(ledger_position), 0), coalesce(max(ledger_position) + 1, 0)"
        f" from new_{table}",
    )
    previous = last[0] if last else GENESIS
    for start in range(first, beyond, _ROWS_AT_ONCE):
        some = f"(from new_{table} where ledger_position >= ? and ledger_position < ?)"
        between = [start, start + _ROWS_AT_ONCE]
        contents = con.execute(
            f"select ledger_position, {_content_hash(table)} as content_hash"
            f" from {some} order by ledger_position",
            between,
        ).fetchall()
        links = _links(contents, previous)
        previous = links["row_hash"][-1]
        con.register("new_links", pa.table(links))
        con.execute(
            f"insert into ledger.{table} by name"
            f" select * from {some} inner join new_links using (ledger_position)"
            " order by ledger_position",
            between,
        )
        con.unregister("new_links")


def _links(contents: Iterable[tuple[int, str]], last_hash: str) -> dict[str, list[Any]]:
    """The chain's columns of the rows, in order of their positions."""
    links: dict[str, list[Any]] = {name: [] for name in ("ledger_position", *_CHAIN)}
    previous = last_hash
    for position, content in contents:
        row_hash = _link(previous, content)
        for name, value in zip(links, (position, content, previous, row_hash), strict=True):
            links[name].append(value)
        previous = row_hash
    return links


def _link(previous_hash: str, content_hash: str) -> str:
    return hashlib.sha256(f"{previous_hash}{content_hash}".encode()).hexdigest()


def _content_hash(table: str) -> str:
    """SQL for the SHA-256 of a row: its columns as text, a JSON list, in the table's order.

    An instant is its microseconds since 1970: its text would depend on the session's time zone.
    """
    texts = ", ".join(
        f"cast(epoch_us({name}) as varchar)"
        if data_type == "timestamptz"
        else f"cast({name} as varchar)"
        for name, data_type in ledger_tables()[table].items()
        if name not in _CHAIN
    )
    return f"sha256(cast(to_json([{texts}]) as varchar))"


def _typed(table: str, columns: Iterable[str]) -> str:
    types = ledger_tables()[table]
    return ", ".join(f"cast({name} as {types[name]}) as {name}" for name in columns)


def _one(
    con: duckdb.DuckDBPyConnection, query: str, parameters: list[object] | None = None
) -> tuple[int, ...]:
    row = con.execute(query, parameters).fetchone()
    assert row is not None
    return row
