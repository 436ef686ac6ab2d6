"""Every line of a ledger explained, for the tests that close a world anyway."""

import duckdb

from orchestration.explain.answers import explain_document, explain_line
from orchestration.explain.records import read_document, read_lines, read_sources, rows
from orchestration.home import Home


def lines_that_do_not_hold(home: Home, every: int = 1) -> tuple[int, list[str]]:
    """How many lines of every n-th document were explained, and what does not hold of them."""
    broken = []
    count = 0
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        documents = rows(con, "from ledger.documents order by ledger_position", [])[::every]
        sources = read_sources(con, [row["invoice_id"] for row in documents])
        for row in documents:
            document = read_document(con, row["invoice_number"])
            lines = read_lines(con, document, sources)
            for line in lines:
                count += 1
                explanation = explain_line(con, line, lines, sources)
                broken += [f"{row['invoice_number']}: {what}" for what in explanation.broken]
                assert explanation.checks
            broken += explain_document(con, document, sources).broken if count < 20 else []
    return count, broken
