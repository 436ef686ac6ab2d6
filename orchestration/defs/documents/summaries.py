"""What a rendering shows with its materialization: documents, and where their files stand.

Accounts by their keys: Dagster keeps what it is shown, and names are erased elsewhere.
"""

from collections.abc import Sequence

import dagster as dg
import duckdb

_SHOWN = 100


def documents_shown(
    con: duckdb.DuckDBPyConnection, invoice_ids: Sequence[str] | None, number: str | None
) -> dg.TableMetadataValue:
    """The first hundred documents by number, with their files; of all, where no ids are given."""
    rows = con.execute(
        """
        with

        wanted as (
            select *
            from ledger.documents
            where
                (? is null or list_contains(?, invoice_id))
                and (? is null or invoice_number = ?)
            order by ledger_position
            limit ?
        )

        select
            wanted.invoice_number,
            wanted.document_type,
            wanted.account_id,
            wanted.bill_date,
            wanted.total_amount,
            wanted.minor_units,
            wanted.currency,
            string_agg(distinct files.path, ' ' order by files.path)
        from wanted
        left join documents.files using (invoice_id)
        group by all
        order by wanted.invoice_number
        """,
        [invoice_ids, invoice_ids, number, number, _SHOWN],
    ).fetchall()
    return dg.MetadataValue.table(
        records=[
            dg.TableRecord(
                {
                    "number": invoice_number,
                    "kind": kind,
                    "account": account,
                    "bill date": str(bill_date),
                    "total": f"{total:,.{units}f} {currency}",
                    "files": files or "",
                }
            )
            for invoice_number, kind, account, bill_date, total, units, currency, files in rows
        ],
        schema=dg.TableSchema(
            [
                dg.TableColumn(name, "string")
                for name in ("number", "kind", "account", "bill date", "total", "files")
            ]
        ),
    )
