"""Strategies for what a company sells: meters, charges and their price tables.

Lists start with the plainest choice, to which a failing example shrinks.
Nothing is drawn that billing would hold for, or that the design leaves without
a meaning, such as a pool of events that are priced one by one.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from hypothesis import strategies as st

from .choices import any_of, maybe, rarely

Cells = dict[str, str]


# Half cents and half thousandths, the smallest prices, and all twelve decimals.
PRICES = any_of(
    "1 0.005 1.005 10.05 2 0.31 29.99 100 1.115 7 12.345 0.5 99.999999999999 0.123456789012 "
    "0.333333333333 0 0.0005 0.000001 0.000000000001"
)
RATES = any_of("1 2.5 50 33.3333333333 100 0.005 0")
WIDTHS = any_of("1 10 2.5 0.5 5 1000 0.000000000001")
SIZES = any_of("1 5 0.5 3 1000")
UNITS = any_of("1 2 0.5 3.5 0 50")
PRORATIONS = any_of("actual actual_360 strict_360 none free")
BOUNDS = any_of("10 31 1 0.005 0 100.333333333333 1000")

TIERED = ["graduated", "volume", "stairstep", "graduated_percentage"]
HELD_MODELS = ["per_unit", "flat", "graduated", "volume", "stairstep", "package"]
USED_MODELS = [*HELD_MODELS, "percentage", "graduated_percentage", "dynamic"]
FEE_MODELS = ["per_unit", "flat", "package", "graduated"]
# What a tier prices by packages where it has a size (rule 25).
PACKAGED = {"per_unit", "graduated", "volume"}
FILTERS = [
    '{"time": "peak"}',
    '{"time": ["peak", "off"]}',
    '{"region": ["eu"], "time": "off"}',
    '{"level": 1}',
]


@dataclass(frozen=True)
class Scale:
    """Periods that fit each other, and some that do not."""

    cycles: tuple[str, ...]
    periods: tuple[str, ...]
    rating_periods: tuple[str, ...]


SCALES = (
    Scale(
        ("month", "quarter"),
        ("month", "quarter", "year", "half_year", "2 months", "week", "10 days"),
        ("quarter", "half_year", "year"),
    ),
    Scale(
        ("week", "10 days"),
        ("week", "10 days", "5 days", "70 days", "month"),
        ("70 days", "140 days"),
    ),
)


@dataclass(frozen=True)
class PriceSet:
    """A table of tiers from a day on, for everyone or for a subscription by its number."""

    valid_from: str
    subscription: int | None
    tiers: tuple[Cells, ...]


@dataclass(frozen=True)
class ChargeDraft:
    """A charge with its prices, its meter by number; 0 is the plain sum."""

    cells: Cells
    meter: int
    prices: tuple[PriceSet, ...]


@st.composite
def meters(draw: st.DrawFn, aggregations: tuple[str, ...]) -> Cells:
    """A meter; ids, as opposed to numbers, are counted or added and removed."""
    aggregation = draw(st.sampled_from(aggregations))
    is_level = aggregation in {"max", "latest", "time_weighted", "unique_count"}
    event_carries = draw(maybe(st.just("change"))) if is_level else ""
    properties = ["", "size"]
    if aggregation == "unique_count":
        properties = ["", "id"]
    if aggregation == "unique_count" and event_carries:
        properties = ["id"]
    elif is_level and event_carries:
        properties = ["", "size", "id"]
    return {
        "aggregation": aggregation,
        "property": draw(st.sampled_from(properties)),
        "event_carries": event_carries,
        "carries_over": draw(maybe(st.just("true"))),
        "divisor": draw(maybe(any_of("3 0.5 7 60 0.5 1000 1073741824"))),
        "rounding": draw(st.sampled_from(["", "none", "up", "down", "nearest"])),
        "rounding_unit": draw(maybe(any_of("0.5 0.01 3 15"))),
    }


@st.composite
def plain_sums(draw: st.DrawFn) -> Cells:
    """A sum whose events can be priced one by one: it rounds nothing and forgets."""
    return {**draw(meters(("sum",))), "carries_over": "", "rounding": ""}


@st.composite
def tiers(draw: st.DrawFn, model: str, *, is_per_event: bool) -> tuple[Cells, ...]:
    """Tiers without gaps, the last one open or closed."""
    widths = [draw(WIDTHS)]
    while model in TIERED and len(widths) < 4 and draw(st.sampled_from(["", "more"])):
        widths.append(draw(WIDTHS))
    rows, bottom = [], Decimal(0)
    for number, width in enumerate(widths, 1):
        top = bottom + Decimal(width)
        is_last = number == len(widths)
        row = {
            "from_units": draw(maybe(st.just("0"))) if bottom == 0 else f"{bottom:f}",
            "to_units": draw(rarely(st.just(f"{top:f}"))) if is_last else f"{top:f}",
        }
        rows.append({**row, **draw(_prices(model, is_per_event=is_per_event))})
        bottom = top
    return tuple(rows)


@st.composite
def _prices(draw: st.DrawFn, model: str, *, is_per_event: bool) -> Cells:
    if model == "dynamic":
        return {}
    if model == "percentage" and is_per_event:
        minimum = draw(maybe(BOUNDS))
        maximum = draw(maybe(BOUNDS))
        if minimum and maximum and Decimal(maximum) < Decimal(minimum):
            maximum = minimum
        return {
            "rate": draw(RATES),
            "fixed_per_event": draw(maybe(PRICES)),
            "minimum_per_event": minimum,
            "maximum_per_event": maximum,
            "free_events": draw(maybe(any_of("0 1 2"))),
        }
    if model == "percentage":
        return {"rate": draw(RATES)}
    if model == "graduated_percentage":
        return {"rate": draw(RATES), "flat_price": draw(rarely(PRICES))}
    if model in {"flat", "stairstep"}:
        return {draw(st.sampled_from(["flat_price", "unit_price"])): draw(PRICES)}
    if model == "package":
        column = draw(st.sampled_from(["unit_price", "flat_price"]))
        return {column: draw(PRICES), "package_size": draw(SIZES)}
    return {
        "unit_price": draw(PRICES),
        "flat_price": draw(rarely(PRICES)),
        "package_size": draw(rarely(SIZES)) if model in PACKAGED else "",
    }


@st.composite
def price_sets(
    draw: st.DrawFn, days: st.SearchStrategy[str], model: str, *, is_per_event: bool
) -> tuple[PriceSet, ...]:
    """One table that always holds, maybe a later one, maybe negotiated ones."""
    own = tiers(model, is_per_event=is_per_event)
    sets = [PriceSet("", None, draw(own))]
    if later := draw(rarely(days)):
        sets.append(PriceSet(later, None, draw(own)))
    if negotiated := draw(rarely(st.sampled_from(["0", "1", "2"]))):
        sets.append(PriceSet(draw(maybe(days)), int(negotiated), draw(own)))
    return tuple(sets)


@st.composite
def charges(draw: st.DrawFn, scale: Scale, days: st.SearchStrategy[str]) -> ChargeDraft:
    """A charge of any kind."""
    kind = draw(st.sampled_from(["usage", "recurring", "usage", "recurring", "one_time"]))
    if kind == "usage":
        return draw(_usage_charges(scale, days))
    if kind == "one_time":
        model = draw(st.sampled_from(FEE_MODELS))
        sets = draw(price_sets(days, model, is_per_event=False))
        return ChargeDraft({"kind": kind, "model": model}, 0, sets)
    model = draw(st.sampled_from(HELD_MODELS))
    cells = {
        "kind": kind,
        "model": model,
        "period": draw(st.sampled_from(scale.periods)),
        "timing": draw(maybe(st.just("arrears"))),
        "alignment": draw(rarely(st.just("anniversary"))),
        "proration": draw(maybe(PRORATIONS)),
        "included_units": draw(rarely(UNITS)) if model != "flat" else "",
        **draw(_bounds()),
    }
    return ChargeDraft(cells, 0, draw(price_sets(days, model, is_per_event=False)))


@st.composite
def _bounds(draw: st.DrawFn) -> Cells:
    minimum, maximum = draw(rarely(BOUNDS)), draw(rarely(BOUNDS))
    if minimum and maximum and Decimal(maximum) < Decimal(minimum):
        maximum = ""
    return {"minimum_amount": minimum, "maximum_amount": maximum}


@st.composite
def _usage_charges(draw: st.DrawFn, scale: Scale, days: st.SearchStrategy[str]) -> ChargeDraft:
    model = draw(st.sampled_from(USED_MODELS))
    is_per_event = model == "percentage" and bool(draw(maybe(st.just("each"))))
    is_counted = model not in {"flat", "dynamic"}
    adds_up = ["", "rating_period"]
    if is_counted and not is_per_event:
        adds_up = ["", "pooled", "rating_period", "pooled"]
    over = draw(st.sampled_from(adds_up))
    rating_periods = st.sampled_from(scale.rating_periods)
    cells = {
        "kind": "usage",
        "model": model,
        "alignment": "" if over == "pooled" else draw(rarely(st.just("anniversary"))),
        "rating_period": draw(rating_periods) if over == "rating_period" else "",
        "proration": draw(maybe(PRORATIONS)),
        "pooled": "true" if over == "pooled" else "",
        "included_units": draw(maybe(UNITS)) if is_counted else "",
        "filters": draw(rarely(st.sampled_from(FILTERS))),
        "group_by": draw(rarely(st.just("region"))),
        **draw(_bounds()),
    }
    # An anniversary is the one alignment that looks at the period of usage.
    cells["period"] = scale.cycles[0] if cells["alignment"] else ""
    sets = draw(price_sets(days, model, is_per_event=is_per_event))
    draft = ChargeDraft(cells, int(draw(any_of("0 1 2"))), sets)
    return replace(draft, meter=0) if is_per_event or model == "dynamic" else draft
