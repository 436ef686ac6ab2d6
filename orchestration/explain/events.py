"""The events behind a usage line: those that its item counts, less those billed before.

Events are found as of the bill run: on the days that `ledger.usage` names, of the subscription
and meter, passing the charge's filters, landed by then and not taken back by then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import duckdb

from orchestration.explain.figures import Row
from orchestration.explain.records import Line, rows


@dataclass(frozen=True)
class Event:
    """An event of a line; `sign` is -1 where the line takes it back.

    `quantity` is what the meter reads of it, `identifier` the id that it names, `amount` what it
    costs by itself where it says so.
    """

    event_id: str
    occurred_at: datetime
    usage_date: date
    quantity: Fraction | None
    identifier: str | None
    amount: Fraction
    source_file: str
    source_row: int
    sign: int = 1


@dataclass(frozen=True)
class Counted:
    """What an item counted at a bill run: as of a landing, on these days, by these rows."""

    landing_id: int
    days: frozenset[date]
    charge: Row
    meter: Row


def events_of(
    con: duckdb.DuckDBPyConnection, line: Line, earlier: Line | None
) -> tuple[list[Event], list[Event]]:
    """All events of the line's item now, and those of the line: what changed since `earlier`."""
    now = _counted(con, line, through=len(line.history))
    present = _read(con, line, now) if now else []
    if earlier is None:
        return present, present
    before = _counted(con, earlier, through=len(earlier.history))
    past = _read(con, earlier, before) if before else []
    kept = {event.event_id for event in past} & {event.event_id for event in present}
    return present, [
        *(event for event in present if event.event_id not in kept),
        *(Event(**{**vars(event), "sign": -1}) for event in past if event.event_id not in kept),
    ]


def has_listed_events(line: Line) -> bool:
    """Whether the ledger knows the line's events: not those of a model of the user's own."""
    meter = line.source("meters")
    return meter is not None and meter.values["aggregation"] != "custom"


def _counted(con: duckdb.DuckDBPyConnection, line: Line, through: int) -> Counted | None:
    charge, meter = line.source("charges"), line.source("meters")
    if charge is None or meter is None:
        return None
    days = rows(
        con,
        "select usage_date from ledger.usage where list_contains(?, line_id)"
        " group by usage_date having sum(event_count) <> 0 or sum(quantity) <> 0",
        [[row["line_id"] for row in line.history[:through]]],
    )
    return Counted(
        line.history[through - 1]["landing_id"],
        frozenset(row["usage_date"] for row in days),
        charge.values,
        meter.values,
    )


_PROPERTY = "json_extract_string(properties, '/' || replace(replace({0}, '~', '~0'), '/', '~1'))"
_NUMBER = (
    "case when not regexp_matches({0}, '[.][0-9]{{12}}[0-9]*[1-9]')"
    " then try_cast({0} as decimal(38, 12)) end"
)
_EVENTS = """
    with

    events as (
        select
            event_id, occurred_at, quantity, coalesce(properties, '{{}}') as properties,
            source_file, source_row,
            case
                when is_local_date then cast(timezone('UTC', occurred_at) as date)
                else cast(timezone($timezone, occurred_at) as date)
            end as usage_date
        from raw.usage_events
        where
            subscription_id = $subscription_id
            and meter_id = $meter_id
            and landing_id <= $landing_id
            and not coalesce(withdrawn, false)
            and occurred_at >= cast($first as date) - interval 2 day
            and occurred_at < cast($last as date) + interval 3 day
            and event_id not in (
                select event_id from raw.usage_events
                where withdrawn and landing_id <= $landing_id
            )
    )

    select *, {named} as named, {named_number} as named_number, {amount} as amount,
        {amount_text} as amount_text, {operation} as operation
    from events
    where
        list_contains($days, usage_date)
        and ($group_by is null or coalesce({group_value}, '') = $group_value)
        and list_bool_and([true] || list_transform(
            json_keys($filters),
            lambda name: coalesce(list_contains(
                case json_type($filters, '/' || replace(replace(name, '~', '~0'), '/', '~1'))
                    when 'ARRAY' then json_extract_string(
                        json_extract(
                            $filters, '/' || replace(replace(name, '~', '~0'), '/', '~1')
                        ),
                        '$[*]'
                    )
                    else [json_extract_string(
                        $filters, '/' || replace(replace(name, '~', '~0'), '/', '~1')
                    )]
                end,
                {filtered}
            ), false)
        ))
    order by occurred_at, event_id
"""


def _read(con: duckdb.DuckDBPyConnection, line: Line, counted: Counted) -> list[Event]:
    if not counted.days:
        return []
    entity = line.source("billing_entities")
    timezone = (entity.values["timezone"] if entity else None) or "Europe/Paris"
    named = _PROPERTY.format("$property")
    amount = _PROPERTY.format("'amount'")
    query = _EVENTS.format(
        named=named,
        named_number=_NUMBER.format(named),
        amount=_NUMBER.format(amount),
        amount_text=amount,
        operation=_PROPERTY.format("'operation'"),
        group_value=_PROPERTY.format("$group_by"),
        filtered=_PROPERTY.format("name"),
    )
    found = rows_named(
        con,
        query,
        {
            "timezone": timezone,
            "subscription_id": line.issued["subscription_id"],
            "meter_id": counted.meter["meter_id"],
            "landing_id": counted.landing_id,
            "first": min(counted.days),
            "last": max(counted.days),
            "days": sorted(counted.days),
            "property": counted.meter["property"] or "",
            "group_by": counted.charge["group_by"],
            "group_value": line.issued["group_value"],
            "filters": counted.charge["filters"] or "{}",
        },
    )
    is_dynamic = counted.charge["model"] == "dynamic"
    events = (_event(row, counted.meter, is_dynamic=is_dynamic) for row in found)
    return [event for event in events if event is not None]


def _event(row: Row, meter: Row, *, is_dynamic: bool) -> Event | None:
    """The event as its meter reads it; None when it cannot."""
    aggregation = meter["aggregation"]
    quantity: Decimal | None
    identifier = None
    carries_id = aggregation == "unique_count" or (
        meter["event_carries"] == "change" and row["operation"] is not None
    )
    if carries_id:
        identifier = row["named"] if meter["property"] else str(row["quantity"])
        quantity = None
    elif aggregation == "count":
        quantity = Decimal(1)
    elif meter["property"] is None:
        quantity = Decimal(1) if row["quantity"] is None else row["quantity"]
    elif row["named"] is not None and row["named_number"] is None:
        return None
    else:
        quantity = row["named_number"]
        if quantity is None and aggregation == "sum":
            quantity = Decimal(0)
    if is_dynamic and row["amount_text"] is not None and row["amount"] is None:
        return None
    return Event(
        event_id=row["event_id"],
        occurred_at=row["occurred_at"],
        usage_date=row["usage_date"],
        quantity=None if quantity is None else Fraction(quantity),
        identifier=identifier,
        amount=Fraction(row["amount"] or 0),
        source_file=row["source_file"],
        source_row=row["source_row"],
    )


def rows_named(
    con: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, object]
) -> Sequence[Row]:
    """The rows of a query with named parameters, by column name."""
    result = con.execute(query, parameters)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, values, strict=True)) for values in result.fetchall()]
