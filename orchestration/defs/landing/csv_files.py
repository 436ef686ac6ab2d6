"""CSV files: lines to records to columns, all text.

Records are cut as RFC 4180 says. A quote that is never closed spoils its own line, not the rest
of the file. White space around a value is not part of it.
"""

import csv

import duckdb

from orchestration.defs.landing import sql
from orchestration.defs.landing.contract import Table
from orchestration.defs.landing.files import LandingFile, RefusedFileError
from orchestration.defs.landing.source import Source, SourceColumn, match_columns
from orchestration.defs.landing.text_files import NOT_UTF8, first_line, read_lines

DELIMITERS = (",", ";", "\t", "|")
# A quoted field may run over several lines, but not over a whole file.
LONGEST_RECORD_LINES = 10_000


def open_csv(con: duckdb.DuckDBPyConnection, file: LandingFile, table: Table) -> Source:
    """The file as a relation of text columns. Raises RefusedFileError."""
    read_lines(con, file)
    header = first_line(con)
    if not header.strip():
        raise RefusedFileError("it is empty or its first line is; start with the column names")
    delimiter = _delimiter(header)
    names = _split(header, delimiter)
    positions = match_columns(table, names)
    _cut_records(con, delimiter, len(names))
    _cut_fields(con, delimiter, len(names))
    return Source(
        relation="landing_rows",
        row_number="source_row",
        columns={name: SourceColumn(f"fields[{place + 1}]") for name, place in positions.items()},
        problem="problem",
        content=_content(names),
    )


def _delimiter(header: str) -> str:
    """The delimiter that cuts the header into most names; a comma if none does."""
    return max(DELIMITERS, key=lambda delimiter: len(_split(header, delimiter)))


def _split(header: str, delimiter: str) -> list[str]:
    try:
        (names,) = csv.reader([header], delimiter=delimiter)
    except (csv.Error, ValueError) as error:
        raise RefusedFileError(f"its first line is not a list of column names: {error}") from error
    return [name.strip() for name in names]


def _grammar(delimiter: str) -> tuple[str, str]:
    """Two patterns: a record of that many fields, and one field after its delimiter.

    A quote inside an unquoted field is a character like any other (19" rack).
    """
    field = f'(?:"(?:[^"]|"")*"|[^"\\n{delimiter}][^\\n{delimiter}]*|)'
    record = f"{field}(?:[{delimiter}]{field})*"
    return record, f"[{delimiter}]({field})"


def _cut_records(con: duckdb.DuckDBPyConnection, delimiter: str, column_count: int) -> None:
    """Fill landing_records(line_number, record): lines, joined where a quoted field spans them.

    A line with an odd number of quotes may open such a field, and the next odd line close it.
    The pair is joined when the result is a record; if not, the first is left alone and the next
    odd line is looked at. Within a run of odd lines of which each makes a record with the next,
    the joined pairs are therefore every other one.
    """
    record, field = _grammar(delimiter)
    con.execute(
        f"""
        create or replace temp table landing_records as
        with

        odd_lines as (
            select
                line_number,
                lead(line_number) over (order by line_number) as next_line_number
            from landing_lines
            where
                line_number > 1
                and (length(line) - length(replace(line, '"', ''))) % 2 = 1
        ),

        spans as (
            select
                odd_lines.line_number as first_line,
                odd_lines.next_line_number as last_line,
                string_agg(
                    landing_lines.line, chr(10) order by landing_lines.line_number
                ) as record
            from odd_lines
            inner join landing_lines
                on landing_lines.line_number
                between odd_lines.line_number and odd_lines.next_line_number
            where
                odd_lines.next_line_number - odd_lines.line_number < {LONGEST_RECORD_LINES}
            group by all
        ),

        judged as (
            select
                odd_lines.line_number as first_line,
                spans.last_line,
                spans.record,
                coalesce(
                    regexp_full_match(spans.record, {sql.text(record)})
                    and len(regexp_extract_all(
                        {sql.text(delimiter)} || spans.record, {sql.text(field)}
                    )) = {column_count},
                    false
                ) as is_record
            from odd_lines
            left join spans on odd_lines.line_number = spans.first_line
        ),

        runs as (
            select
                *,
                row_number() over (order by first_line)
                - row_number() over (partition by is_record order by first_line) as run
            from judged
        ),

        places as (
            select
                *,
                row_number() over (partition by run order by first_line) as place
            from runs
            where is_record
        ),

        joined as (
            select first_line, last_line, record
            from places
            where place % 2 = 1
        )

        select
            landing_lines.line_number,
            case
                when landing_lines.line_number = joined.first_line then joined.record
                else landing_lines.line
            end as record
        from landing_lines
        asof left join joined on landing_lines.line_number >= joined.first_line
        where
            landing_lines.line_number > 1
            and (
                joined.first_line is null
                or landing_lines.line_number = joined.first_line
                or landing_lines.line_number > joined.last_line
            )
        """
    )


def _cut_fields(con: duckdb.DuckDBPyConnection, delimiter: str, column_count: int) -> None:
    """Fill landing_rows(source_row, record, fields, problem). Blank lines are not rows."""
    record, field = _grammar(delimiter)
    con.execute(
        f"""
        create or replace temp table landing_rows as
        with

        numbered as (
            select
                row_number() over (order by line_number) as source_row,
                record,
                case
                    when not contains(record, '"') then string_split(record, {sql.text(delimiter)})
                    when regexp_full_match(record, {sql.text(record)})
                        then list_transform(
                            regexp_extract_all(
                                {sql.text(delimiter)} || record, {sql.text(field)}, 1
                            ),
                            lambda field: case
                                when starts_with(field, '"')
                                    then replace(field[2:-2], '""', '"')
                                else field
                            end
                        )
                end as fields
            from landing_records
            where trim(record, {sql.WHITE_SPACE}) <> ''
        )

        select
            source_row,
            record,
            fields,
            case
                when contains(record, {sql.text(NOT_UTF8)})
                    then 'not_utf8: the line is not valid UTF-8'
                when fields is null
                    then 'malformed_line: a quote in it is not closed or stands inside a field'
                when len(fields) <> {column_count}
                    then 'malformed_line: it has ' || len(fields)
                        || ' fields, the first line has {column_count}'
            end as problem
        from numbered
        """
    )


def _content(names: list[str]) -> str:
    """A JSON object of the fields by name, or of the line where it could not be cut."""
    fields = ", ".join(
        f"{sql.text(name)}, fields[{place}]" for place, name in enumerate(names, start=1)
    )
    return (
        f"case when problem is null then json_object({fields}) else json_object('line', record) end"
    )
