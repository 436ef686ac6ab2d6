"""Figures shown with a materialization: the largest invoices of a run, what each date billed.

Accounts by their keys: Dagster keeps what it is shown, and names are erased elsewhere.
Not here: figures that anyone relies on; those are marts.
"""

import duckdb

from orchestration.defs.billing.plot import Billed

_LARGEST = 10
_DATES = 12


def largest_invoices(con: duckdb.DuckDBPyConnection, bill_run_id: str | None) -> str:
    """The ten largest documents of a bill run, a Markdown table."""
    rows = con.execute(
        "select invoice_number, account_id, line_count, currency, minor_units, total_amount"
        " from ledger.documents"
        " where bill_run_id = ?"
        " order by total_amount desc, invoice_number"
        f" limit {_LARGEST}",
        [bill_run_id],
    ).fetchall()
    table = ["| number | account | lines | total |", "|---|---|--:|--:|"]
    table += [
        f"| {number} | {account} | {lines} | {total:,.{minor_units}f} {currency} |"
        for number, account, lines, currency, minor_units, total in rows
    ]
    return "\n".join(table)


def billed_by_date(con: duckdb.DuckDBPyConnection) -> list[Billed]:
    """What the last twelve bill dates billed, by currency, tax included."""
    rows = con.execute(
        "select bill_date, currency, minor_units, sum(total_amount)"
        " from ledger.documents"
        " where bill_date in (select distinct bill_date from ledger.documents"
        f" order by bill_date desc limit {_DATES})"
        " group by all order by all"
    ).fetchall()
    return [Billed(*row) for row in rows]
