"""What a part of a period costs, as a share of the whole (rules 8 and 9)."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from .periods import Length, Span

ONE = Fraction(1)


def share(
    rule: str, part: Sequence[Span], natural: Span, period: Length, active: Sequence[Span]
) -> Fraction:
    """The share that days of a natural period cost, where `active` are the subscription's days.

    A whole period is 1 under every rule. One that is counted in days uses real
    days where the rule would take 30 for a month.
    """
    days = sum(span.days for span in part)
    if days == natural.days:
        return ONE
    if rule == "actual_360" and period.months:
        return min(Fraction(days, 30 * period.months), ONE)
    if rule == "strict_360" and period.months:
        return Fraction(sum(thirty_360(span) for span in part), thirty_360(natural))
    if rule in {"none", "free"}:
        covered = sum(both.days for span in active if (both := span.within(natural)))
        if covered < natural.days:
            return Fraction(days, covered) if rule == "none" and days else Fraction(0)
    return Fraction(days, natural.days)


def thirty_360(span: Span) -> int:
    """Days by 30E/360, in which the 31st is the 30th."""
    return _day_of_360(span.end) - _day_of_360(span.start)


def _day_of_360(day: date) -> int:
    return (day.year * 12 + day.month) * 30 + min(day.day, 30)
