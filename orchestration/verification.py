"""The laws on a warehouse: what `releve verify` looks at, without Dagster or dbt.

Not here: the laws that are SQL alone (laws.py), the chain (ledger.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.database import open_warehouse, warehouse_lock
from orchestration.defs.billing import ledger
from orchestration.defs.documents.disk import file_faults, files_unissued
from orchestration.defs.documents.manifest import create_manifest
from orchestration.defs.landing.contract import create_raw_schema, landing_tables
from orchestration.encryption import key_of, named_key
from orchestration.files import attach
from orchestration.home import Home
from orchestration.laws import LAWS
from orchestration.receipt import differences, read_receipt

_SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """One law on this warehouse; `violations` are in words, none when it holds."""

    sentence: str
    violations: Sequence[str]

    @property
    def holds(self) -> bool:
        """Whether nothing breaks the law."""
        return not self.violations

    def __str__(self) -> str:
        if self.holds:
            return f"holds   {self.sentence}"
        shown = list(self.violations[:_SHOWN])
        more = len(self.violations) - len(shown)
        lines = [f"BROKEN  {self.sentence}", *(f"        {violation}" for violation in shown)]
        return "\n".join(lines + ([f"        and {more} more"] if more else []))


def verify(home: Home, receipt: Path | None = None) -> Iterator[Finding]:
    """Look at every law, waiting first for a close that is writing.

    With a receipt, the ledger is also held to what it was when that was made. Raises ReceiptError
    where the file is none.
    """
    kept = None if receipt is None else read_receipt(receipt)
    with warehouse_lock(home, "releve verify", print), open_warehouse(home) as con:
        create_raw_schema(con)
        ledger.create_ledger(con)
        for law in LAWS:
            rows = con.execute(law.violations).fetchall()
            yield Finding(law.sentence, [str(row[0]) for row in rows])
        yield Finding("Every accepted row is in its table", _rows_missing(con))
        for table in ledger.chained_tables():
            yield Finding(
                f"The hash chain of ledger.{table} is whole",
                [f"position {position}" for position in ledger.broken_links(con, table)],
            )
        yield Finding(
            "The usage behind every line is what was issued with it",
            [f"line at position {position}" for position in ledger.broken_usage(con)],
        )
        if kept is not None:
            yield Finding(
                "What the receipt says was issued is in the ledger, as it was",
                list(differences(con, kept)),
            )
        yield Finding("The published invoices are the ledger's", _marts_differing(con, home))
        create_manifest(con)
        faults = [str(fault) for fault in file_faults(con, home.documents, read=True)]
        faults += [f"{path} was never issued" for path in files_unissued(con, home.documents)]
        yield Finding("Every document has its files, every file its document", faults)


def _rows_missing(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Tables that do not hold the rows that their files' counts say."""
    missing = []
    for table in landing_tables():
        rows = con.execute(
            "select files.path, files.accepted_count, coalesce(held.rows, 0)"
            " from raw.landed_files as files"
            f" left join (select landing_id, count(*) as rows from raw.{table} group by landing_id)"
            " as held on files.landing_id = held.landing_id"
            " where files.table_name = ? and files.status = 'landed'"
            " and files.accepted_count <> coalesce(held.rows, 0)",
            [table],
        ).fetchall()
        missing += [f"{path}: {accepted} accepted, {held} held" for path, accepted, held in rows]
    return missing


def _marts_differing(con: duckdb.DuckDBPyConnection, home: Home) -> list[str]:
    """Documents that marts.duckdb lacks, invents or shows with other amounts."""
    if not home.marts.exists():
        issued = con.execute("select count(*) from ledger.documents").fetchone()
        return ["marts.duckdb is missing: close a date"] if issued and issued[0] else []
    compared = "invoice_id, invoice_number, net_amount, tax_amount, total_amount, due_amount"
    attach(con, home.marts, "published", key_of(home.marts, named_key()), read_only=True)
    rows = con.execute(
        f"(select {compared} from ledger.documents except"
        f" select {compared} from published.main.invoices)"
        " union all"
        f" (select {compared} from published.main.invoices except"
        f" select {compared} from ledger.documents)"
    ).fetchall()
    con.execute("detach published")
    return [f"{row[1]}: {row[2:]}" for row in rows]
