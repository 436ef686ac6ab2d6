"""The manifest: which files were written for each document, with their hashes, in the warehouse.

`documents.files` is only ever added to. A file that was written again with other content, as
`releve render --again` may, has another row; its last one counts.
Not here: how the folder compares with it (disk.py).
"""

from collections.abc import Collection
from dataclasses import asdict

import duckdb

from orchestration.defs.documents.render import WrittenFile

_COLUMNS = {
    "manifest_position": ("bigint", "Place of the row: 1, 2, 3 in order of writing."),
    "invoice_id": ("varchar", "Key of the document in ledger.documents."),
    "format": ("varchar", "What the file is: pdf, html, xml."),
    "path": ("varchar", "Where it stands in the folder of documents."),
    "sha256": ("varchar", "Hash of its bytes, in hexadecimal digits."),
    "byte_count": ("bigint", "Its size."),
    "written_at": ("timestamptz", "When its writing was recorded."),
}
_LAST_WRITTEN = """
    select invoice_id, format, max_by(sha256, manifest_position) as sha256,
        max_by(byte_count, manifest_position) as byte_count
    from documents.files
    group by invoice_id, format
"""


def create_manifest(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table where there is none, with what its columns mean."""
    found = con.execute("from duckdb_tables() where schema_name = 'documents'").fetchall()
    if found:
        return
    definitions = ", ".join(f"{name} {kind} not null" for name, (kind, _) in _COLUMNS.items())
    con.execute("create schema if not exists documents")
    con.execute(f"create table documents.files ({definitions})")
    for name, (_, meaning) in _COLUMNS.items():
        con.execute(f"comment on column documents.files.{name} is '{meaning}'")


def record(con: duckdb.DuckDBPyConnection, files: Collection[WrittenFile]) -> None:
    """Add files that were written, except those whose last row has the same content."""
    con.execute(
        f"""
        insert into documents.files by name
        select
            written.*,
            (select count(*) from documents.files) + row_number() over () as manifest_position,
            now() as written_at
        from (
            select unnest(cast(? as struct(
                invoice_id varchar, format varchar, path varchar, sha256 varchar, byte_count bigint
            )[]), max_depth := 2)
        ) as written
        anti join ({_LAST_WRITTEN}) as known using (invoice_id, format, sha256)
        """,
        [[asdict(file) for file in files]],
    )


def last_written(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], tuple[str, int]]:
    """Hash and size by document and format."""
    rows = con.execute(_LAST_WRITTEN).fetchall()
    return {(invoice_id, name): (sha256, size) for invoice_id, name, sha256, size in rows}
