"""Daily usage as bars: the shapes of a chart, drawn in whole units, and what it says in words.

What is computed here is where a bar ends, never a quantity that is shown.
"""

from dataclasses import dataclass
from decimal import Decimal

from renderers.document import UsageChart, UsageDay

SLOT = 20  # a day's width; the bars of both cycles stand one before the other in it
HEIGHT = 200
_STEPS = tuple(map(Decimal, ("1", "1.5", "2", "2.5", "3", "4", "5", "6", "8", "10")))
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart in a box of `width` and HEIGHT; `top` is the quantity at its upper edge.

    `peak` is the day of the greatest quantity, the first of equal ones.
    """

    width: int
    bars: str
    previous_bars: str
    top: Decimal
    middle: Decimal
    peak: UsageDay


def drawn(chart: UsageChart) -> Drawing:
    """The chart's shapes. A quantity below zero, given back, has no bar."""
    quantities = [day.quantity or _NOTHING for day in chart.days]
    earlier = [day.previous_quantity or _NOTHING for day in chart.days]
    top = _round_top(max(*quantities, *earlier))
    greatest = max(quantities)
    return Drawing(
        width=SLOT * len(chart.days),
        bars=_bars(quantities, top),
        previous_bars=_bars(earlier, top),
        top=top,
        middle=top / 2,
        peak=chart.days[quantities.index(greatest)],
    )


def _bars(quantities: list[Decimal], top: Decimal) -> str:
    """A thick line for each day, from the foot up: half of what a rectangle costs to draw."""
    return "".join(
        f"M{place * SLOT + SLOT // 2} {HEIGHT}v-{height}"
        for place, quantity in enumerate(quantities)
        if quantity > 0 and (height := max(1, int(quantity * HEIGHT / top)))
    )


def _round_top(greatest: Decimal) -> Decimal:
    """The least of the steps times a power of ten that is not below `greatest`."""
    if greatest <= 0:
        return Decimal(1)
    power = Decimal(1).scaleb(greatest.adjusted())
    return next(step * power for step in _STEPS if step * power >= greatest)
