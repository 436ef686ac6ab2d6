"""A file's rows, typed, each with the reason for which it cannot be accepted or null."""

from orchestration.defs.landing.columns import TypedColumn, absent_column, typed_column
from orchestration.defs.landing.contract import Column, Table
from orchestration.defs.landing.source import Source

_WITHDRAWN = "coalesce(typed_values.withdrawn, false)"


def typed_rows(table: Table, source: Source) -> str:
    """SQL for the rows of a file: source_row, reason and the table's columns.

    Columns written by the landing are left out, but for is_local_date. A withdrawal keeps its key
    and nothing else: it says nothing but that the event is taken back.
    """
    columns = [
        typed_column(column, source.columns[column.name], is_printed=_is_printed(table, column))
        if column.name in source.columns
        else absent_column(column)
        for column in table.landed_columns
    ]
    kept = [_kept(table, column.column, source) for column in columns]
    if table.has("is_local_date"):
        (instant,) = (column for column in columns if column.column.data_type == "timestamptz")
        kept.append(f"coalesce({instant.is_local_date}, false) as is_local_date")
    return f"""
        select
            source_row,
            {_reason(table, columns, source)} as reason,
            {", ".join(kept)}
        from (
            select
                *,
                {", ".join(f"{column.typed} as {column.column.name}" for column in columns)}
            from (
                select
                    {source.row_number} as source_row,
                    {_row_problem(source)} as row_problem,
                    {", ".join(f"{column.raw} as raw_{column.column.name}" for column in columns)}
                from {source.relation}
            ) as raw_values
        ) as typed_values
    """


def stored_columns(table: Table) -> tuple[str, ...]:
    """The names that `typed_rows` gives besides source_row and reason, in its order."""
    names = tuple(column.name for column in table.landed_columns)
    return (*names, "is_local_date") if table.has("is_local_date") else names


def _is_printed(table: Table, column: Column) -> bool:
    """True when a document may show the text: the keys within events never are."""
    return not (table.is_event and column.name.endswith("_id"))


def _row_problem(source: Source) -> str:
    problems = [column.problem for column in source.columns.values() if column.problem]
    if source.problem:
        problems.insert(0, source.problem)
    return (
        f"nullif(concat_ws('; ', {', '.join(problems)}), '')"
        if problems
        else "cast(null as varchar)"
    )


def _reason(table: Table, columns: list[TypedColumn], source: Source) -> str:
    """SQL for the problems of a row, the first of each column, or null.

    All conditions come first and wording after, so that good rows cost only the conditions.
    """
    conditions = []
    problems = []
    for column in columns:
        checks = [(check.condition, check.problem) for check in column.checks]
        if not checks:
            continue
        any_failed = " or ".join(f"({condition})" for condition, _ in checks)
        problem = " ".join(f"when {condition} then {problem}" for condition, problem in checks)
        excused = _may_be_excused(table, column.column, source)
        conditions.append(f"(not {_WITHDRAWN} and ({any_failed}))" if excused else any_failed)
        excuse = f"when {_WITHDRAWN} then null " if excused else ""
        problems.append(f"case {excuse}{problem} end")
    if table.one_of:
        choices = " or ".join(
            "(" + " and ".join(f"raw_{name} is not null" for name in names) + ")"
            for names in table.one_of
        )
        none_given = f"not ({choices})"
        if "withdrawn" in source.columns:
            none_given += f" and not {_WITHDRAWN}"
        wanted = ", or ".join(" and ".join(names) for names in table.one_of)
        conditions.append(f"({none_given})")
        problems.append(f"case when {none_given} then 'missing: {wanted} is required' end")
    return f"""
        case
            when row_problem is not null then row_problem
            when {" or ".join(conditions)} then concat_ws('; ', {", ".join(problems)})
        end
    """


def _kept(table: Table, column: Column, source: Source) -> str:
    """SQL for a column as it is stored."""
    if column.name == "withdrawn":
        return f"{_WITHDRAWN} as withdrawn"
    if _may_be_excused(table, column, source):
        return f"case when not {_WITHDRAWN} then {column.name} end as {column.name}"
    return column.name


def _may_be_excused(table: Table, column: Column, source: Source) -> bool:
    """True when a withdrawal in this file may lack or misstate the column."""
    excusable = not column.is_key and column.name != "withdrawn"
    return table.is_event and "withdrawn" in source.columns and excusable
