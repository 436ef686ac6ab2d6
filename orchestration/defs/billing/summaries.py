"""Figures shown with a materialization: the largest invoices of a run.

Not here: figures that anyone relies on; those are marts.
"""

import duckdb

_LARGEST = 10


def largest_invoices(con: duckdb.DuckDBPyConnection, bill_run_id: str | None) -> str:
    """The ten largest documents of a bill run, a Markdown table."""
    rows = con.execute(
        "select invoice_number, json_extract_string(buyer, '$.name'), line_count, currency,"
        " minor_units, total_amount"
        " from ledger.documents"
        " where bill_run_id = ?"
        " order by total_amount desc, invoice_number"
        f" limit {_LARGEST}",
        [bill_run_id],
    ).fetchall()
    table = ["| number | customer | lines | total |", "|---|---|--:|--:|"]
    table += [
        f"| {number} | {name} | {lines} | {total:,.{minor_units}f} {currency} |"
        for number, name, lines, currency, minor_units, total in rows
    ]
    return "\n".join(table)
