"""The days, events and files of a usage line, and whether they add up to it."""

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from orchestration.explain.events import Event
from orchestration.explain.figures import exact, number
from orchestration.explain.records import Line
from orchestration.explain.steps import Explanation, Step

_FIRST = 5


def explain_usage(
    explanation: Explanation, line: Line, events: Sequence[Event], *, list_all: bool
) -> None:
    """Add the days of `ledger.usage` behind the line, its files and its events."""
    if not line.usage:
        return
    meter = line.source("meters")
    is_sum = meter is not None and meter.values["aggregation"] == "sum"
    counts = not line.working or line.working["item_kind"] != "vanished"
    explanation.add("Its days", list(_days(line, list_all=list_all)))
    if meter is None or meter.values["aggregation"] == "custom":
        explanation.add(
            "Its events",
            [Step("A model of the seller's own makes the quantity of these days from the events.")],
        )
        return
    explanation.add("Its files", list(_files(events)))
    shown = events if list_all else events[:_FIRST]
    explanation.add(
        "Its events" if list_all or len(events) <= _FIRST else f"The first {_FIRST} of its events",
        [
            Step(
                f"{event.occurred_at:%Y-%m-%d %H:%M:%S} UTC  {event.event_id}"
                + ("  taken back" if event.sign < 0 else ""),
                _reading(event),
                f"{event.source_file} row {event.source_row}",
            )
            for event in shown
        ],
    )
    _check_days(explanation, line, events, is_sum=is_sum and counts)


def _check_days(
    explanation: Explanation, line: Line, events: Sequence[Event], *, is_sum: bool
) -> None:
    """Day by day: as many events as the ledger says, and of a sum as much."""
    counted: dict[object, int] = defaultdict(int)
    summed: dict[object, Fraction] = defaultdict(Fraction)
    for event in events:
        counted[event.usage_date] += event.sign
        summed[event.usage_date] += event.sign * (event.quantity or 0)
    said = {row["usage_date"]: row for row in line.usage}
    days = sorted({*counted, *said}, key=str)
    wrong = [
        str(day)
        for day in days
        if counted[day] != (said[day]["event_count"] if day in said else 0)
        or (is_sum and summed[day] != exact(said[day]["quantity"] if day in said else 0))
    ]
    total = sum(row["event_count"] for row in line.usage)
    explanation.check(
        f"the events of each day are the {total:,} that the ledger counted"
        + (f": not on {', '.join(wrong)}" if wrong else ""),
        holds=not wrong,
    )
    working = line.working
    if is_sum and len(line.history) == 1 and working and working["metered_numerator"] is not None:
        metered = Fraction(int(working["metered_numerator"]), 10**12)
        read = max(sum(summed.values(), Fraction(0)), Fraction(0))
        meter = line.source("meters")
        if meter is not None and not meter.values["carries_over"]:
            explanation.check(f"the events add up to {number(metered)}", holds=read == metered)


def _days(line: Line, *, list_all: bool) -> list[Step]:
    shown = line.usage if list_all or len(line.usage) <= _FIRST else ()
    quantity = sum((exact(row["quantity"]) for row in line.usage), Fraction(0))
    count = sum(row["event_count"] for row in line.usage)
    first, last = line.usage[0]["usage_date"], line.usage[-1]["usage_date"]
    return [
        *(
            Step(f"{row['usage_date']}: {row['event_count']:,} events", number(row["quantity"]))
            for row in shown
        ),
        Step(f"{len(line.usage)} days from {first} to {last}: {count:,} events", number(quantity)),
    ]


def _files(events: Sequence[Event]) -> list[Step]:
    by_file: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_file[event.source_file].append(event)
    return [
        Step(
            f"{len(of_file):,} events of {file}",
            number(sum((event.sign * (event.quantity or 0) for event in of_file), Fraction(0))),
        )
        for file, of_file in sorted(by_file.items())
    ]


def _reading(event: Event) -> str:
    if event.identifier is not None:
        return event.identifier
    return "" if event.quantity is None else number(event.sign * event.quantity)
