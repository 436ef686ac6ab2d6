"""Minimum commitments in plain Python: what each period is topped up by (rule 40)."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction

from .arithmetic import to_money
from .periods import Grid, Length, Span, charge_grid
from .proration import share


def true_ups(
    amount: Fraction,
    period: Length,
    rule: str,
    cycles: Grid,
    days: Span,
    reached: Callable[[Span], Decimal],
) -> Iterator[tuple[Span, Decimal]]:
    """Each period of a commitment that lasts some days, with what is missing of it in euros.

    It is aligned like a charge, and prorated by the seller's rule.
    """
    grid = charge_grid(cycles, period, days.start, is_anniversary=False)
    for natural in grid.periods(days.start, days.end):
        service = natural.within(days)
        if service is not None:
            part = share(rule, [service], natural, period, [days])
            committed = to_money(amount * part, "EUR")
            yield service, max(committed - reached(service), Decimal(0))
