"""Events to quantities: what a meter makes of the events of a usage window."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from .arithmetic import rounded
from .records import Charge, Event, Meter
from .timelines import Window

# Quantities carry up to this many decimals.
QUANTITY_PLACES = 12
# These hold a level over time; so does whatever carries over.
LEVELS = {"max", "latest", "time_weighted"}

Moment = tuple[datetime, datetime]


@dataclass(frozen=True)
class Usage:
    """What is priced: a billed quantity, the units of its events, the amounts they carry."""

    quantity: Fraction
    event_units: tuple[Fraction, ...] = ()
    carried_amount: Fraction = Fraction(0)

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.quantity + other.quantity,
            self.event_units + other.event_units,
            self.carried_amount + other.carried_amount,
        )


NOTHING = Usage(Fraction(0))


@dataclass(frozen=True)
class Hours:
    """A window in instants: where it begins, its active stretches, each active local day."""

    begin: datetime
    active: tuple[Moment, ...]
    active_days: tuple[Moment, ...]
    natural_days: int


def metered(
    meter: Meter, charge: Charge, events: Sequence[Event], window: Window, zone: ZoneInfo
) -> dict[str, Usage]:
    """The usage of a window by value of `group_by`, for the values that events have.

    `events` are the subscription's of all times, in order of time and key.
    """
    if not window.active:
        return {}
    groups: dict[str, list[Event]] = {}
    for event in events:
        if matches(charge, event):
            value = event.properties.get(charge.group_by, "") if charge.group_by else ""
            groups.setdefault(value, []).append(event)
    hours = _hours(window, zone)
    return {
        value: _usage(meter, charge, group, hours)
        for value, group in groups.items()
        if _relevant(meter, group, hours)
    }


def matches(charge: Charge, event: Event) -> bool:
    """Rule 24: every property filtered on is there and has one of the values, as text."""
    return all(event.properties.get(name) in values for name, values in charge.filters.items())


def _hours(window: Window, zone: ZoneInfo) -> Hours:
    days = [
        span.start + timedelta(days=offset) for span in window.active for offset in range(span.days)
    ]
    return Hours(
        begin=_midnight(window.span.start, zone),
        active=tuple((_midnight(s.start, zone), _midnight(s.end, zone)) for s in window.active),
        active_days=tuple(
            (_midnight(day, zone), _midnight(day + timedelta(days=1), zone)) for day in days
        ),
        natural_days=window.natural.days,
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _in_active_time(events: Sequence[Event], hours: Hours) -> list[Event]:
    return [e for e in events if any(start <= e.occurred_at < end for start, end in hours.active)]


def _relevant(meter: Meter, events: Sequence[Event], hours: Hours) -> list[Event]:
    """The events that the meter looks at.

    Rule 21: a level may be set while nothing is billed, in a pause as well as,
    where it carries over, in a trial or before; what comes after the last
    active moment is not seen yet. What it skips says nothing of other times (rule 23).
    """
    last, counted = hours.active[-1][1], _in_active_time(events, hours)
    adds_and_removes = meter.aggregation == "unique_count" and meter.carries_changes
    if meter.carries_over:
        begin = datetime.min.replace(tzinfo=UTC)
    elif meter.aggregation in LEVELS or adds_and_removes:
        begin = hours.begin
    else:
        return counted
    return [
        event
        for event in events
        if begin <= event.occurred_at < last and (event in counted or _is_read(meter, event))
    ]


def _is_read(meter: Meter, event: Event) -> bool:
    """Whether the event says something to the meter (rule 23)."""
    if meter.aggregation in {"sum", "count"}:
        return True
    is_id = meter.carries_changes and event.properties.get("operation") is not None
    if meter.aggregation == "unique_count" or is_id:
        return _identity(meter, event) is not None
    return _number(meter, event) is not None


def _usage(meter: Meter, charge: Charge, events: Sequence[Event], hours: Hours) -> Usage:
    quantity = _aggregated(meter, _relevant(meter, events, hours), hours)
    counted = _in_active_time(events, hours)
    amounts = [event.properties.get("amount", "0") for event in counted]
    return Usage(
        # Rule 20: a negative quantity counts as none.
        billed_units(meter, max(quantity, Fraction(0))),
        tuple(billed_units(meter, _units(meter, event)) for event in counted),
        sum(map(Fraction, amounts if charge.model == "dynamic" else []), Fraction(0)),
    )


def billed_units(meter: Meter, quantity: Fraction) -> Fraction:
    """Divided to the billed unit, then rounded (rule 27), unrounded to twelve decimals."""
    exact = quantity / meter.divisor
    unit = Fraction(1, 10**QUANTITY_PLACES) if meter.rounding == "none" else meter.rounding_unit
    steps = exact / unit
    if meter.rounding == "up":
        return -(-steps.numerator // steps.denominator) * unit
    if meter.rounding == "down":
        return steps.numerator // steps.denominator * unit
    return Fraction(rounded(steps, 0)) * unit


def _units(meter: Meter, event: Event) -> Fraction:
    """What an event is worth by itself, to a price per event: what it sums, else one."""
    return _number(meter, event) or Fraction(0) if meter.aggregation == "sum" else Fraction(1)


def _number(meter: Meter, event: Event) -> Fraction | None:
    """The number that the meter reads from an event, None where the property is missing."""
    if not meter.property:
        return event.quantity
    text = event.properties.get(meter.property)
    return None if text is None else Fraction(text)


def _identity(meter: Meter, event: Event) -> str | Fraction | None:
    """What `unique_count` tells apart, the quantity where no property is named (rule 23)."""
    return event.properties.get(meter.property) if meter.property else event.quantity


def _aggregated(meter: Meter, events: Sequence[Event], hours: Hours) -> Fraction:
    if meter.aggregation == "sum":
        return sum((_number(meter, event) or Fraction(0) for event in events), Fraction(0))
    if meter.aggregation == "count":
        return Fraction(len(events))
    if meter.aggregation == "unique_count":
        return Fraction(len(_identities(meter, events)))
    levels = list(_levels(meter, events))
    if meter.aggregation == "latest":
        return levels[-1][1] if levels else Fraction(0)
    if meter.aggregation == "max":
        return max(_levels_seen(levels, hours), default=Fraction(0))
    if meter.aggregation == "time_weighted":
        return _weighted(levels, hours)
    raise NotImplementedError(meter.aggregation)


def _identities(meter: Meter, events: Sequence[Event]) -> set[str | Fraction]:
    """Rule 22: what carries changes adds and removes, what carries levels only adds."""
    identities: set[str | Fraction] = set()
    for event in events:
        identity = _identity(meter, event)
        if identity is None:
            continue
        if meter.carries_changes and event.properties.get("operation") == "remove":
            identities.discard(identity)
        else:
            identities.add(identity)
    return identities


def _levels(meter: Meter, events: Sequence[Event]) -> Iterator[tuple[datetime, Fraction]]:
    """The level after each event: the number it carries, or the one before with its change."""
    level = Fraction(0)
    identities: set[str | Fraction] = set()
    for event in events:
        operation = event.properties.get("operation") if meter.carries_changes else None
        if operation in {"add", "remove"}:
            identity = _identity(meter, event)
            if identity is None:
                continue
            (identities.add if operation == "add" else identities.discard)(identity)
        else:
            number = _number(meter, event)
            if number is None:
                continue
            level = level + number if meter.carries_changes else number
        yield event.occurred_at, level + len(identities)


def _level_at(levels: Sequence[tuple[datetime, Fraction]], moment: datetime) -> Fraction:
    """The level just before the moment."""
    return next((level for at, level in reversed(levels) if at < moment), Fraction(0))


def _levels_seen(levels: Sequence[tuple[datetime, Fraction]], hours: Hours) -> Iterator[Fraction]:
    for start, end in hours.active:
        yield _level_at(levels, start)
        yield from (level for at, level in levels if start <= at < end)


def _weighted(levels: Sequence[tuple[datetime, Fraction]], hours: Hours) -> Fraction:
    """Level times time over the natural period, a day weighing one whatever its hours (rule 22)."""
    averages = [_day_average(levels, start, end) for start, end in hours.active_days]
    return sum(averages, Fraction(0)) / hours.natural_days


def _day_average(
    levels: Sequence[tuple[datetime, Fraction]], start: datetime, end: datetime
) -> Fraction:
    total, since, level = Fraction(0), start, _level_at(levels, start)
    for at, next_level in levels:
        if start <= at < end:
            total += level * _microseconds(at - since)
            since, level = at, next_level
    total += level * _microseconds(end - since)
    return total / _microseconds(end - start)


def _microseconds(duration: timedelta) -> int:
    return duration // timedelta(microseconds=1)
