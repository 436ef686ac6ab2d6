"""Events land once: which rows of a file are new, which are duplicates, which contradict.

The first row of a key wins: one that landed before, else the first in the file. A row with the
same content is a duplicate, one with other content a conflict. A withdrawal is a row of its own
beside the event and only ever a duplicate of another withdrawal.

Most files repeat nothing. So a 64-bit hash of the key picks out the few rows that might, and only
those are compared.
"""

import duckdb

from orchestration.defs.landing import sql
from orchestration.defs.landing.contract import Column, Table
from orchestration.defs.landing.rows import stored_columns


def judge_events(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Fill landing_judged(source_row, reason): valid rows of landing_typed not to store.

    `reason` is null for a duplicate.
    """
    con.execute("create or replace temp table landing_judged (source_row bigint, reason varchar)")
    hashed = f"hash({', '.join(column.name for column in table.key)})"
    _find_repeats(con, table, hashed)
    if con.execute("from landing_repeats limit 1").fetchone() is None:
        return
    _gather(
        con,
        table,
        hashed,
        relation="landing_typed",
        target="landing_candidates",
        extra=("reason",),
    )
    # Not a condition of the copy: there DuckDB would check every row of the file for it.
    con.execute("delete from landing_candidates where reason is not null")
    _gather(
        con,
        table,
        hashed,
        relation=f"raw.{table.name}",
        target="landing_known",
        extra=("landing_id", "source_file"),
    )
    _compare(con, table)


def _find_repeats(con: duckdb.DuckDBPyConnection, table: Table, hashed: str) -> None:
    """Fill landing_repeats(key_hash): keys that stand twice in the file, or that landed before."""
    con.execute(
        f"""
        create or replace temp table landing_repeats as
        select key_hash
        from (
            -- Sorting the hashes takes two thirds of the time that grouping by them does.
            select key_hash, lag(key_hash) over (order by key_hash) as previous_hash
            from (select {hashed} as key_hash from landing_typed)
        )
        where key_hash = previous_hash
        """
    )
    if con.execute(f"from raw.{table.name} limit 1").fetchone() is not None:
        con.execute(
            f"""
            insert into landing_repeats
            select known.key_hash
            from (select {hashed} as key_hash from raw.{table.name}) as known
            semi join (select {hashed} as key_hash from landing_typed) as landing
                on known.key_hash = landing.key_hash
            """
        )


def _gather(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    hashed: str,
    *,
    relation: str,
    target: str,
    extra: tuple[str, ...],
) -> None:
    """Copy the rows whose key may repeat, with their JSON in one order of keys."""
    columns = [*extra, "source_row", *stored_columns(table)]
    ordered = [
        f"(select list([key, cast(value as varchar)] order by key)"
        f" from json_each(coalesce({column.name}, '{{}}'))) as ordered_{column.name}"
        for column in table.landed_columns
        if column.format == "json"
    ]
    con.execute(
        f"""
        create or replace temp table {target} as
        select {", ".join([*columns, *ordered])}
        from {relation}
        where {hashed} in (select key_hash from landing_repeats)
        """
    )


def _compare(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Compare each candidate with the first row of its key, which is never a candidate's own."""
    same_key = " and ".join(
        f"later.{name} = earlier.{name}"
        for name in (*(column.name for column in table.key), "withdrawn")
    )
    same_content = " and ".join(
        _is_same(column) for column in table.landed_columns if not column.is_key
    )
    if table.has("is_local_date"):
        same_content += " and later.is_local_date = earlier.is_local_date"
    identity = ", ".join((*(column.name for column in table.key), "withdrawn"))
    key = table.key[0].name
    con.execute(
        f"""
        insert into landing_judged
        with

        ranked as (
            select
                *,
                row_number() over (partition by {identity} order by source_row) as place
            from (
                select *, cast(null as varchar) as source_file, null as landing_id
                from landing_candidates
            )
        ),

        firsts as (
            select * exclude (place, reason)
            from ranked
            anti join landing_known using ({identity})
            where place = 1
        ),

        earlier as (
            select * from landing_known
            union all by name
            select * from firsts
        )

        select
            later.source_row,
            case
                when not later.withdrawn and not coalesce({same_content}, false)
                    then concat(
                        'conflict: {key} is ''', left(later.{key}, 60),
                        ''', which landed with other content ',
                        coalesce('in ' || earlier.source_file, 'in this file'),
                        ', row ', earlier.source_row
                    )
            end as reason
        from landing_candidates as later
        inner join earlier on {same_key}
        where earlier.landing_id is not null or later.source_row <> earlier.source_row
        """
    )


def _is_same(column: Column) -> str:
    """SQL: both rows say the same of the column, a missing value being its default."""
    name = f"ordered_{column.name}" if column.format == "json" else column.name
    if column.default is None:
        return f"later.{name} is not distinct from earlier.{name}"
    default = f"cast({sql.text(column.default)} as {column.data_type})"
    return f"coalesce(later.{name}, {default}) = coalesce(earlier.{name}, {default})"
