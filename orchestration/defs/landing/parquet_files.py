"""Parquet files: read in place, column by column, in the types they have."""

import duckdb

from orchestration.defs.landing import sql
from orchestration.defs.landing.contract import Column, Table
from orchestration.defs.landing.files import LandingFile, RefusedFileError
from orchestration.defs.landing.source import TEXT, Source, SourceColumn, match_columns

_NESTED = ("STRUCT", "MAP", "UNION")


def open_parquet(con: duckdb.DuckDBPyConnection, file: LandingFile, table: Table) -> Source:
    """The file as a relation of typed columns. Raises RefusedFileError."""
    relation = _relation(file)
    try:
        described = con.execute(f"describe select * from {relation}").fetchall()
    except duckdb.Error as error:
        raise RefusedFileError(_said(error, file)) from error
    names = [str(row[0]) for row in described]
    types = [str(row[1]) for row in described]
    positions = match_columns(table, names)
    columns = {
        column.name: _column(column, names[positions[column.name]], types[positions[column.name]])
        for column in table.landed_columns
        if column.name in positions
    }
    content = ", ".join(
        f"{sql.text(name)}, cast({sql.identifier(name)} as varchar)" for name in names
    )
    return Source(
        relation=relation,
        row_number="file_row_number + 1",
        columns=columns,
        problem=None,
        content=f"json_object({content})",
    )


def refuse_damaged(con: duckdb.DuckDBPyConnection, file: LandingFile) -> None:
    """Raise RefusedFileError when the file cannot be read to its end, whatever its columns."""
    try:
        con.execute(f"select max(hash(landing)) from {_relation(file)} as landing").fetchall()
    except duckdb.Error as error:
        raise RefusedFileError(_said(error, file)) from error


def _relation(file: LandingFile) -> str:
    path = sql.text(_literal_path(str(file.location)))
    return f"read_parquet({path}, hive_partitioning = false, binary_as_string = true)"


def _said(error: duckdb.Error, file: LandingFile) -> str:
    said = str(error).splitlines()[0].replace(str(file.location), file.path)
    return f"it is not a whole Parquet file ({said}); send it again"


def _literal_path(path: str) -> str:
    """The path with its wildcards disarmed: DuckDB reads them as patterns."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in path)


def _column(column: Column, name: str, data_type: str) -> SourceColumn:
    value = sql.identifier(name)
    is_nested = data_type.startswith(_NESTED) or data_type.endswith("]")
    if is_nested and column.format == "json":
        return SourceColumn(f"cast(to_json({value}) as varchar)")
    if is_nested:
        raise RefusedFileError(
            f"its column {name} holds {data_type.split('(', maxsplit=1)[0]}, not single values"
        )
    if data_type in ("JSON", "UUID", "BLOB") or data_type.startswith("ENUM"):
        return SourceColumn(f"cast({value} as varchar)")
    return SourceColumn(value, TEXT if data_type == TEXT else data_type)
