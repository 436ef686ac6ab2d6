"""What a person wants to know after a close: who was held, what waits, is unusual, or is missing.

Not here: why; the marts say.
"""

import duckdb


def held_accounts(con: duckdb.DuckDBPyConnection) -> list[dict[str, str]]:
    """Accounts that the last bill run held, each with its reasons."""
    rows = con.execute(
        "select account_id, bill_date, reason from marts.held_accounts order by all"
    ).fetchall()
    return [
        {"account_id": account, "bill_date": str(bill_date), "reason": reason}
        for account, bill_date, reason in rows
    ]


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
