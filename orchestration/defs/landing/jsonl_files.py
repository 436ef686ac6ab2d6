"""JSONL files: one JSON object a line, its values taken as text.

DuckDB reads JSON numbers as binary floats. Those that a float would change are made strings
first, so that 12345678901234567.89 arrives as it was written.
"""

import duckdb

from orchestration.defs.landing import sql
from orchestration.defs.landing.contract import Column, Table
from orchestration.defs.landing.files import LandingFile, RefusedFileError
from orchestration.defs.landing.source import Source, SourceColumn
from orchestration.defs.landing.text_files import NOT_UTF8, read_lines

_LONG_NUMBER = (
    r"-?[0-9][0-9.]{15,}(?:[eE][+-]?[0-9]+)?"
    r"|-?[0-9.]+[eE][+-]?[0-9]+"
    r"|-?(?:NaN|nan|NAN|Infinity|infinity|INFINITY|Inf|inf|INF)"
)
_STRING_OR_NUMBER = r'"(?:[^"\\]|\\.)*"|-?[0-9.]+'
_MAY_HOLD_LONG_NUMBER = r"[0-9.]{16}|[0-9.][eE]|nan|NaN|NAN|[iI]nf|INF"


def exact_json(value: str) -> str:
    """SQL for the JSON text with every number that a binary float would change as a string.

    More than 15 digits, an exponent, NaN and infinities count as such. Null where the text
    is not JSON. The result is without blanks between its parts.
    """
    # Control characters cannot stand in JSON, so they may mark where quotes go: around a long
    # number, and as an empty pair, taken away again, after everything else that matches.
    marked = (
        f"regexp_replace({value}, "
        f"{sql.text(f'({_LONG_NUMBER})|({_STRING_OR_NUMBER})')}, "
        r"chr(1) || '\1' || chr(2) || '\2', 'g')"
    )
    quoted = (
        f"replace(replace(replace({marked}, chr(1) || chr(2), ''), chr(1), '\"'), chr(2), '\"')"
    )
    return (
        f"cast(try(json(case when regexp_matches({value}, {sql.text(_MAY_HOLD_LONG_NUMBER)}) "
        f"then {quoted} else {value} end)) as varchar)"
    )


def open_jsonl(con: duckdb.DuckDBPyConnection, file: LandingFile, table: Table) -> Source:
    """The file as a relation of text columns. Raises RefusedFileError."""
    read_lines(con, file)
    con.execute(
        f"""
        create or replace temp table landing_rows as
        with

        documents as (
            select
                line_number as source_row,
                line,
                case
                    when not contains(line, {sql.text(NOT_UTF8)}) then {exact_json("line")}
                end as document
            from landing_lines
            where trim(line, {sql.WHITE_SPACE}) <> ''
        )

        select
            source_row,
            line,
            case when starts_with(document, '{{') then document end as document
        from documents
        """
    )
    (rows, documents) = con.execute(
        "select count(*), count(document) from landing_rows"
    ).fetchall()[0]
    if rows and not documents:
        raise RefusedFileError("no line of it is a JSON object; write one object a line")
    return Source(
        relation="landing_rows",
        row_number="source_row",
        columns=_columns(con, table),
        problem=f"""
            case
                when contains(line, {sql.text(NOT_UTF8)})
                    then 'not_utf8: the line is not valid UTF-8'
                when document is null then 'malformed_line: it is not a JSON object'
            end
        """,
        content="case when document is null then json_object('line', line) else document end",
    )


def _columns(con: duckdb.DuckDBPyConnection, table: Table) -> dict[str, SourceColumn]:
    keys = [
        str(key)
        for (key,) in con.execute(
            "select distinct unnest(json_keys(document)) as key from landing_rows order by key"
        ).fetchall()
    ]
    columns = {}
    for column in table.landed_columns:
        spellings = [key for key in keys if key.strip().lower() == column.name]
        if spellings:
            columns[column.name] = _column(column, spellings)
    return columns


def _column(column: Column, spellings: list[str]) -> SourceColumn:
    # A spelling differs from the column's name in case and blanks only: it is safe in a path.
    paths = [sql.text(f'$."{spelling}"') for spelling in spellings]
    values = ", ".join(f"document ->> {path}" for path in paths)
    nested = " or ".join(
        f"coalesce(json_type(document, {path}) in ('OBJECT', 'ARRAY'), false)" for path in paths
    )
    problem = f"case when {nested} then 'not_a_value: {column.name} is an object or a list' end"
    return SourceColumn(
        sql=f"coalesce({values})",
        problem=None if column.format == "json" else problem,
    )
