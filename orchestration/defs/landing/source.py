"""What every format has in common once it is open: a relation and its columns in SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestration.defs.landing.contract import Table
from orchestration.defs.landing.files import RefusedFileError

TEXT = "VARCHAR"


@dataclass(frozen=True)
class SourceColumn:
    """A column of the file: the SQL that reads it, its DuckDB type, and what SQL says is wrong.

    `problem` is SQL that gives a reason or null.
    """

    sql: str
    data_type: str = TEXT
    problem: str | None = None


@dataclass(frozen=True)
class Source:
    """A file as a relation.

    `relation` goes into a `from`; `row_number` counts from 1; `columns` are by contract name;
    `problem` is SQL for what is wrong with the row as a whole, or null; `content` is SQL for the
    row as JSON.
    """

    relation: str
    row_number: str
    columns: Mapping[str, SourceColumn]
    problem: str | None
    content: str


def match_columns(table: Table, names: Sequence[str]) -> Mapping[str, int]:
    """Where each contract column stands among the file's names, ignoring case and blanks.

    Raises RefusedFileError when one stands twice or when rows could not be accepted without a
    column that is absent.
    """
    cleaned = [name.strip().lower() for name in names]
    positions: dict[str, int] = {}
    for column in table.landed_columns:
        places = [place for place, name in enumerate(cleaned) if name == column.name]
        if len(places) > 1:
            raise RefusedFileError(f"the column {column.name} stands in it twice; keep one")
        if places:
            positions[column.name] = places[0]
    _require_columns(table, positions, cleaned)
    return positions


def _require_columns(table: Table, positions: Mapping[str, int], names: Sequence[str]) -> None:
    may_withdraw = table.is_event and "withdrawn" in positions
    missing = [
        column.name
        for column in table.landed_columns
        if column.is_required
        and column.name not in positions
        and (column.is_key or not may_withdraw)
    ]
    if missing:
        # What is no table may hold anything, and this is shown in a terminal.
        shown = ", ".join(name[:40] for name in names[:20])
        found = "".join(letter if letter.isprintable() else "?" for letter in shown)
        raise RefusedFileError(
            f"it has no column {', '.join(missing)}, which {table.name} requires; found: {found}"
        )
    has_one_of = any(set(columns) <= set(positions) for columns in table.one_of)
    if table.one_of and not may_withdraw and not has_one_of:
        choices = " or ".join(" and ".join(columns) for columns in table.one_of)
        raise RefusedFileError(f"{table.name} needs {choices}; add the columns")
