"""What a person wants to know after a close: who was held, what waits, is unusual, or is missing.

Not here: why; the marts say.
"""

from collections.abc import Mapping, Sequence

import duckdb

_SHOWN_ACCOUNTS = 10


def held_accounts(con: duckdb.DuckDBPyConnection) -> list[dict[str, str]]:
    """Accounts that the last bill run held, each with its reasons."""
    rows = con.execute(
        "select account_id, bill_date, reason from marts.held_accounts order by all"
    ).fetchall()
    return [
        {"account_id": account, "bill_date": str(bill_date), "reason": reason}
        for account, bill_date, reason in rows
    ]


def held_by_reason(held: Sequence[Mapping[str, str]]) -> str:
    """How many accounts each reason holds, and the first of them, a Markdown table."""
    accounts: dict[str, list[str]] = {}
    for account in held:
        accounts.setdefault(account["reason"], []).append(account["account_id"])
    rows = ["| reason | accounts | which |", "|---|--:|---|"]
    for reason, named in sorted(accounts.items(), key=lambda row: (-len(row[1]), row[0])):
        more = ", ..." if len(named) > _SHOWN_ACCOUNTS else ""
        rows.append(f"| {reason} | {len(named)} | {', '.join(named[:_SHOWN_ACCOUNTS])}{more} |")
    return "\n".join(rows) if held else "Nobody is held."


def waiting_rows(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Landed rows whose parent has not landed, counted by table."""
    rows = con.execute(
        "select table_name, count(*) from marts.waiting_rows group by table_name order by all"
    ).fetchall()
    return dict(rows)


def anomalies(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """What the last bill run flagged as unusual, counted by kind."""
    rows = con.execute(
        "select kind, count(*) from marts.anomalies group by kind order by all"
    ).fetchall()
    return dict(rows)


def document_gaps(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """What documents of the last bill run lack, counted by column."""
    rows = con.execute(
        "select table_name || '.' || column_name, count(*) from marts.document_gaps"
        " group by all order by all"
    ).fetchall()
    return dict(rows)
