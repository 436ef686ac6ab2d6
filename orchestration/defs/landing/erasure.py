"""Personal data taken out of the raw rows of forgotten accounts, and kept out of later ones.

What is personal the contract says, column by column. Not here: who may be forgotten (forget.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from orchestration.defs.landing import sql
from orchestration.defs.landing.contract import Table, landing_tables

_NOTHING = "nothing"
_ERASED_ROW = '{"erased":"the account was forgotten"}'


@dataclass(frozen=True)
class Erasure:
    """What was erased: rows by table, and the landings that they came with."""

    rows: Mapping[str, int]
    landing_ids: frozenset[int]


def erase(
    con: duckdb.DuckDBPyConnection, account_ids: Sequence[str], landing_id: int | None = None
) -> Erasure:
    """Erase what is personal in the rows of the accounts, of one landing or of all.

    Every version of a row is erased. Of events what a price can read is kept.
    """
    counts: dict[str, int] = {}
    landings: set[int] = set()
    con.execute(
        "create or replace temp table forgotten as select unnest(?) as account_id",
        [list(account_ids)],
    )
    con.execute(
        """
        create or replace temp table forgotten_subscriptions as
        select subscription_id
        from raw.subscriptions
        group by subscription_id
        having bool_and(account_id in (from forgotten))
        """
    )
    statements = {
        table.name: _of_columns(table)
        for table in landing_tables().values()
        if any(column.personal for column in table.columns)
    }
    statements["usage_events"] = _of_events(con)
    statements["rejected_rows"] = _OF_REJECTED
    for table_name, statement in statements.items():
        changed = con.execute(
            f"{statement} and (? is null or landing_id = ?) returning landing_id",
            [landing_id, landing_id],
        ).fetchall()
        counts[table_name] = len(changed)
        landings |= {row[0] for row in changed}
    con.execute("drop table forgotten")
    con.execute("drop table forgotten_subscriptions")
    return Erasure(counts, frozenset(landings))


def erase_again(con: duckdb.DuckDBPyConnection, landing_id: int) -> int:
    """Erase what a landing brought of accounts forgotten before; how many rows had any."""
    known = con.execute("select account_id from raw.forgotten_accounts").fetchall()
    if not known:
        return 0
    return sum(erase(con, [row[0] for row in known], landing_id).rows.values())


def _of_columns(table: Table) -> str:
    personal = [column for column in table.columns if column.personal]
    values = {
        column.name: "null" if column.personal == _NOTHING else sql.text(str(column.personal))
        for column in personal
    }
    differs = " or ".join(
        f"{name} is not null" if value == "null" else f"({name} <> {value})"
        for name, value in values.items()
    )
    owner = "account_id in (from forgotten)"
    if table.has("subscription_id"):
        owner = f"({owner} or subscription_id in (from forgotten_subscriptions))"
    assignments = ", ".join(f"{name} = {value}" for name, value in values.items())
    return f"update raw.{table.name} set {assignments} where {owner} and ({differs})"


# A row that was refused belongs to an account when a value of it is the account's or one of its
# subscriptions'; a line that could not be cut into columns when it has one of them in it. Of the
# reason the code is kept: the rest quotes the row.
_OF_REJECTED = rf"""
    update raw.rejected_rows
    set row_content = {sql.text(_ERASED_ROW)}, reason = split_part(reason, ':', 1)
    where
        row_content <> {sql.text(_ERASED_ROW)}
        and exists (
            select 1
            from (
                select account_id as name from forgotten
                union all
                select subscription_id from forgotten_subscriptions
            ) as names
            where
                contains(row_content, cast(to_json(name) as varchar))
                or regexp_matches(
                    json_extract_string(row_content, '$.line'),
                    '(^|[^\w-])' || regexp_escape(name) || '([^\w-]|$)'
                )
        )
"""


def _of_events(con: duckdb.DuckDBPyConnection) -> str:
    """Keep of an event's properties those that its meter or a charge reads.

    All of them for a subscription whose plans have a meter of the seller's own: its model may
    read any.
    """
    con.execute(
        """
        create or replace temp table properties_needed as
        select meter_id, list(distinct name) as names
        from (
            select meter_id, property as name from raw.meters where property is not null
            union all
            select meter_id, group_by from raw.charges where group_by is not null
            union all
            select meter_id, unnest(json_keys(filters)) from raw.charges where filters is not null
            union all
            select meter_id, unnest(['amount', 'operation'])
            from raw.usage_events
            where subscription_id in (from forgotten_subscriptions)
            group by meter_id
        )
        group by meter_id
        """
    )
    con.execute(
        """
        create or replace temp table subscriptions_of_models as
        select subscription_id
        from (
            select subscription_id, plan_id from raw.subscriptions
            union all
            select subscription_id, plan_id from raw.subscription_changes
        )
        semi join (
            select charges.plan_id
            from raw.charges as charges
            inner join raw.meters as meters using (meter_id)
            where meters.aggregation = 'custom'
        ) using (plan_id)
        """
    )
    kept = "list_filter(json_keys(properties), lambda name: list_contains(needed.names, name))"
    return f"""
        update raw.usage_events
        set properties = '{{' || array_to_string(list_transform(
            {kept},
            lambda name: to_json(name) || ':' || json_extract(
                properties, '/' || replace(replace(name, '~', '~0'), '/', '~1')
            )
        ), ',') || '}}'
        from properties_needed as needed
        where
            usage_events.meter_id = needed.meter_id
            and properties is not null
            and subscription_id in (from forgotten_subscriptions)
            and subscription_id not in (from subscriptions_of_models)
            and len({kept}) < len(json_keys(properties))
    """
