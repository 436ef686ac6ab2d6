"""Landing: every new file of the landing folder, into its raw table, one transaction each.

`land` is the public face. A file lands whole or not at all; its rows are typed, checked and
deduplicated in SQL on the whole file. Not here: how formats are read (csv_files.py,
jsonl_files.py, parquet_files.py) or what makes a value valid (columns.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.database import transaction
from orchestration.defs.landing.contract import Table, create_raw_schema, landing_tables
from orchestration.defs.landing.csv_files import open_csv
from orchestration.defs.landing.erasure import erase_again
from orchestration.defs.landing.events import judge_events
from orchestration.defs.landing.files import (
    LandingFile,
    RefusedFileError,
    checksum,
    find_files,
)
from orchestration.defs.landing.jsonl_files import open_jsonl
from orchestration.defs.landing.parquet_files import open_parquet, refuse_damaged
from orchestration.defs.landing.report import FileReport, LandingReport
from orchestration.defs.landing.rows import stored_columns, typed_rows
from orchestration.defs.landing.source import Source

Progress = Callable[[str], None]

ANNOUNCED_BYTES = 64 * 1024 * 1024
_OPENERS: Mapping[str, Callable[[duckdb.DuckDBPyConnection, LandingFile, Table], Source]] = {
    "csv": open_csv,
    "jsonl": open_jsonl,
    "parquet": open_parquet,
}


def land(con: duckdb.DuckDBPyConnection, landing_dir: Path, progress: Progress) -> LandingReport:
    """Land every file of the folder that has not landed yet, in order of path.

    Creates the schema `raw` where it is missing. `progress` is told of each file in a sentence
    without any of its content. Raises FileNotFoundError when there is no such folder; a file that
    cannot be read is refused, and reported, and does not keep the others from landing.
    """
    if not landing_dir.is_dir():
        raise FileNotFoundError(f"there is no landing folder {landing_dir}; create it")
    create_raw_schema(con)
    manifest = _Manifest.read(con)
    reports = []
    known_files = 0
    for file in find_files(landing_dir.absolute(), landing_tables()):
        report = _land_unless_known(con, file, manifest, progress)
        if report is None:
            known_files += 1
        else:
            reports.append(report)
            progress(str(report))
    _drop_scratch(con)
    return LandingReport(files=reports, known_files=known_files)


def _drop_scratch(con: duckdb.DuckDBPyConnection) -> None:
    """Give back the memory of the last file's temporary tables."""
    scratch = con.execute(
        "select 'view ' || view_name from duckdb_views()"
        " where temporary and starts_with(view_name, 'landing_')"
        " union all select 'table ' || table_name from duckdb_tables()"
        " where temporary and starts_with(table_name, 'landing_')"
    ).fetchall()
    for (entry,) in scratch:
        con.execute(f"drop {entry}")


@dataclass
class _Manifest:
    """What raw.landed_files says, and the number that comes next."""

    landed: set[tuple[str, str]]
    refused: dict[tuple[str, str], str]
    next_landing_id: int

    @classmethod
    def read(cls, con: duckdb.DuckDBPyConnection) -> "_Manifest":
        rows = con.execute(
            "select table_name, path, checksum, status, reason from raw.landed_files"
        ).fetchall()
        (last,) = con.execute("select max(landing_id) from raw.landed_files").fetchall()[0]
        return cls(
            landed={(row[0], row[2]) for row in rows if row[3] == "landed"},
            refused={(row[1], row[2]): row[4] for row in rows if row[3] == "refused"},
            next_landing_id=(last or 0) + 1,
        )


@dataclass(frozen=True)
class _Landing:
    """One file on its way in: what its rows are stamped with."""

    landing_id: int
    file: LandingFile
    checksum: str
    landed_at: datetime


def _land_unless_known(
    con: duckdb.DuckDBPyConnection, file: LandingFile, manifest: _Manifest, progress: Progress
) -> FileReport | None:
    """Land or refuse the file; None when its content landed before."""
    try:
        content = checksum(file)
    except OSError as error:
        # Nothing is recorded of it: each landing tries again.
        return _refused(file, f"it cannot be opened: {error}")
    if file.refusal is None and (file.table_name, content) in manifest.landed:
        return None
    if (file.path, content) in manifest.refused:
        reason = manifest.refused[file.path, content]
        return _refused(file, reason)
    landing = _Landing(manifest.next_landing_id, file, content, datetime.now(UTC))
    manifest.next_landing_id += 1
    try:
        if file.refusal is not None:
            raise RefusedFileError(file.refusal)
        size = file.location.stat().st_size
        if size > ANNOUNCED_BYTES:
            progress(f"landing {file.path}, {size // 1_000_000} MB")
        report = _land_whole(con, landing)
    except RefusedFileError as error:
        report = _refused(file, str(error))
        _record(con, landing, report)
        manifest.refused[file.path, content] = str(error)
    else:
        manifest.landed.add((file.table_name, content))
    return report


def _refused(file: LandingFile, reason: str) -> FileReport:
    return FileReport(file.path, file.table_name, reason=reason, is_for_table=file.is_for_table)


def _land_whole(con: duckdb.DuckDBPyConnection, landing: _Landing) -> FileReport:
    """Land one file in one transaction: after a crash it is there whole or not at all."""
    before = landing.file.location.stat()
    try:
        with transaction(con):
            report = _land_rows(con, landing)
            report = replace(report, erased=erase_again(con, landing.landing_id))
            _record(con, landing, report)
            after = landing.file.location.stat()
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                raise RefusedFileError(
                    "it changed while it was read;"
                    " write it elsewhere and move it here when complete"
                )
    except duckdb.Error:
        if landing.file.format == "parquet":
            refuse_damaged(con, landing.file)
        raise
    return report


def _land_rows(con: duckdb.DuckDBPyConnection, landing: _Landing) -> FileReport:
    table = landing_tables()[landing.file.table_name]
    source = _OPENERS[landing.file.format](con, landing.file, table)
    rows = typed_rows(table, source)
    if landing.file.format != "parquet":
        con.execute(f"create or replace temp table landing_checked as {rows}")
        rows = "from landing_checked"
    con.execute(f"create or replace temp view landing_typed as {rows}")
    if table.is_event:
        judge_events(con, table)
    else:
        con.execute("create or replace temp table landing_judged (source_row bigint, reason text)")
    (landed,) = con.execute("select count(*) from landing_typed").fetchall()[0]
    (duplicate, conflicting) = con.execute(
        "select count(*) - count(reason), count(reason) from landing_judged"
    ).fetchall()[0]
    accepted = _store(con, landing, table, with_judged=bool(duplicate + conflicting))
    rejected = 0
    if landed != accepted + duplicate:
        rejected = _reject(con, landing, source)
    if landed != accepted + duplicate + rejected:
        raise AssertionError(f"{landed} rows landed <> {accepted} + {duplicate} + {rejected}")
    return FileReport(
        path=landing.file.path,
        table_name=table.name,
        landed=landed,
        accepted=accepted,
        duplicate=duplicate,
        rejected=rejected,
    )


def _store(
    con: duckdb.DuckDBPyConnection, landing: _Landing, table: Table, *, with_judged: bool
) -> int:
    """Add the valid rows that are not judged away; how many. The only pass over all columns."""
    columns = ", ".join(stored_columns(table))
    unjudged = "anti join landing_judged on landing_typed.source_row = landing_judged.source_row"
    (accepted,) = con.execute(
        f"""
        insert into raw.{table.name}
            ({columns}, source_row, landing_id, source_file, landed_at)
        select {columns}, source_row, ?, ?, ?
        from landing_typed
        {unjudged if with_judged else ""}
        where landing_typed.reason is null
        """,
        [landing.landing_id, landing.file.path, landing.landed_at],
    ).fetchall()[0]
    return int(accepted)


def _reject(con: duckdb.DuckDBPyConnection, landing: _Landing, source: Source) -> int:
    """List the rows that are invalid or in conflict, each as it stands in the file; how many."""
    con.execute(
        """
        create or replace temp table landing_rejected as
        select source_row, reason from landing_typed where reason is not null
        union all
        select source_row, reason from landing_judged where reason is not null
        """
    )
    (rejected,) = con.execute(
        f"""
        insert into raw.rejected_rows
            (landing_id, table_name, source_file, source_row, reason, row_content, landed_at)
        select ?, ?, ?, rejected.source_row, rejected.reason, content.row_content, ?
        from landing_rejected as rejected
        inner join (
            select {source.row_number} as source_row, {source.content} as row_content
            from {source.relation}
            where {source.row_number} in (select source_row from landing_rejected)
        ) as content
            on rejected.source_row = content.source_row
        """,
        [landing.landing_id, landing.file.table_name, landing.file.path, landing.landed_at],
    ).fetchall()[0]
    return int(rejected)


def _record(con: duckdb.DuckDBPyConnection, landing: _Landing, report: FileReport) -> None:
    con.execute(
        """
        insert into raw.landed_files (
            landing_id, path, checksum, table_name, row_count, accepted_count,
            duplicate_count, rejected_count, landed_at, status, reason
        )
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
            landing.landing_id,
            report.path,
            landing.checksum,
            report.table_name,
            report.landed,
            report.accepted,
            report.duplicate,
            report.rejected,
            landing.landed_at,
            "landed" if report.reason is None else "refused",
            report.reason,
        ],
    )
