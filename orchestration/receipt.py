"""A receipt of the ledger: a small file to be kept elsewhere, and the ledger held to it.

Who rewrites a ledger can make its hashes anew; not those of a receipt that was mailed or printed
before. What a receipt says is in docs/audit.md. Not here: the chains themselves (ledger.py).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.database import open_warehouse, warehouse_lock
from orchestration.defs.billing.ledger import chained_tables, create_ledger
from orchestration.errors import ReleveError
from orchestration.home import Home

FORMAT = "releve receipt 1"
# Of each table so many hashes at most, so that a rewritten row is found near where it is.
_MARKS = 64
_PRIVATE_FILE = 0o600


class ReceiptError(ReleveError):
    """A file is no receipt, or not as it was made; says what is wrong."""


def write_receipt(home: Home, file: Path) -> str:
    """Write the receipt of the ledger as it is now; its SHA-256."""
    with warehouse_lock(home, "releve receipt", print), open_warehouse(home) as con:
        create_ledger(con)
        receipt = make_receipt(con)
    text = json.dumps(receipt, ensure_ascii=False, sort_keys=True, indent=1)
    file.touch(mode=_PRIVATE_FILE)
    file.write_text(f"{text}\n", encoding="utf-8")
    return str(receipt["sha256"])


def make_receipt(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What the ledger holds, and the hashes by which it is known again."""
    receipt = {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "tables": {table: _marks(con, table) for table in chained_tables()},
        "bill_runs": [
            row[0]
            for row in con.execute(
                "select bill_run_id from ledger.bill_runs order by ledger_position"
            ).fetchall()
        ],
        "last_numbers": [
            row[0]
            for row in con.execute(
                "select arg_max(invoice_number, series_number) from ledger.documents"
                " group by entity_id, document_type, series_year order by 1"
            ).fetchall()
        ],
        "totals": {
            currency: {
                "documents": count,
                **dict(zip(("net_amount", "tax_amount", "total_amount"), amounts, strict=True)),
            }
            for currency, count, *amounts in con.execute(
                "select currency, count(*), cast(sum(net_amount) as varchar),"
                " cast(sum(tax_amount) as varchar), cast(sum(total_amount) as varchar)"
                " from ledger.documents group by currency order by currency"
            ).fetchall()
        },
    }
    return {**receipt, "sha256": digest_of(receipt)}


def read_receipt(file: Path) -> Mapping[str, Any]:
    """The receipt in a file. Raises ReceiptError where it is none, or was changed."""
    try:
        receipt = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ReceiptError(f"there is no file {file}") from None
    except (OSError, ValueError) as error:
        raise ReceiptError(f"{file} cannot be read as a receipt: {error}") from None
    if not isinstance(receipt, dict) or receipt.get("format") != FORMAT:
        raise ReceiptError(f"{file} is not a receipt of the form {FORMAT!r}")
    said = {name: value for name, value in receipt.items() if name != "sha256"}
    if receipt.get("sha256") != digest_of(said):
        raise ReceiptError(f"{file} is not as it was made: its SHA-256 is another")
    return receipt


def differences(con: duckdb.DuckDBPyConnection, receipt: Mapping[str, Any]) -> Iterator[str]:
    """Where the ledger is not the one of the receipt, grown or not; the first row of each table."""
    for table, marks in receipt["tables"].items():
        (count,) = con.execute(f"select count(*) from ledger.{table}").fetchall()[0]
        positions = [position for position, _ in marks]
        now = dict(
            con.execute(
                f"select ledger_position, row_hash from ledger.{table}"
                " where list_contains(?, ledger_position)",
                [positions],
            ).fetchall()
        )
        same = 0
        for position, row_hash in marks:
            if now.get(position) != row_hash:
                rows = f"row {position}" if position == same + 1 else f"rows {same + 1}-{position}"
                yield (
                    f"ledger.{table}: {rows} {'is' if position == same + 1 else 'are'} not as in"
                    f" the receipt of {receipt['made_at']}; it has {count} of {positions[-1]} rows"
                )
                break
            same = position


def _marks(con: duckdb.DuckDBPyConnection, table: str) -> list[list[Any]]:
    """Position and hash of the last row, and of others at even distances before it."""
    return [
        list(row)
        for row in con.execute(
            f"""
            with rows as (select *, count(*) over () as row_count from ledger.{table})
            select ledger_position, row_hash from rows
            where
                ledger_position % (1 + (row_count - 1) // {_MARKS}) = 0
                or ledger_position = row_count
            order by ledger_position
            """
        ).fetchall()
    ]


def digest_of(receipt: Mapping[str, Any]) -> str:
    """SHA-256 of the receipt without this: JSON without spaces, names in order, UTF-8."""
    text = json.dumps(receipt, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
