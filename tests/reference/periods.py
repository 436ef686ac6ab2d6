"""Periods, the grids that they form, and an account's calendar of bill dates."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .records import NEVER, Account, Charge, Company

IN_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
IN_DAYS = {"day": 1, "week": 7}


@dataclass(frozen=True, order=True)
class Span:
    """Dates from a first day up to, without, an end."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    def within(self, other: "Span") -> "Span | None":
        """The days of both, None where they share none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


@dataclass(frozen=True)
class Length:
    """A length of time in months or, where it has none, in days."""

    months: int
    days: int

    def divides(self, other: "Length") -> bool:
        """Whether a whole number of these make up the other one."""
        if self.months and other.months:
            return other.months % self.months == 0
        return bool(self.days and other.days) and other.days % self.days == 0


def length(text: str) -> Length:
    """A period of the contract: `quarter`, `10 days`, `18 months`."""
    match = re.fullmatch(r"(?:(\d+) )?(day|week|month|quarter|half_year|year)s?", text.strip())
    if match is None:
        raise ValueError(f"not a period: {text}")
    count = int(match[1] or 1)
    return Length(count * IN_MONTHS.get(match[2], 0), count * IN_DAYS.get(match[2], 0))


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last one where it is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True)
class Grid:
    """Periods of one length, back to back in both directions from an origin.

    Boundaries are counted from the origin and not from each other, so that the
    31st returns after a short month. `first` is the number of lengths of one
    month or one day between the origin and boundary 0.
    """

    origin: date
    length: Length
    first: int = 0

    def boundary(self, index: int) -> date:
        """The start of a period, by its number."""
        if self.length.months:
            return add_months(self.origin, self.first + index * self.length.months)
        return self.origin + timedelta(days=self.first + index * self.length.days)

    def index_of(self, day: date) -> int:
        """The number of the period in which the day lies."""
        days = (day - self.boundary(0)).days
        index = days // (self.length.months * 31 or self.length.days)
        while self.boundary(index) > day:
            index -= 1
        while self.boundary(index + 1) <= day:
            index += 1
        return index

    def around(self, day: date) -> Span:
        """The period in which the day lies."""
        index = self.index_of(day)
        return Span(self.boundary(index), self.boundary(index + 1))

    def boundary_from(self, day: date) -> date:
        """The first boundary at or after the day."""
        period = self.around(day)
        return day if period.start == day else period.end

    def periods(self, start: date, horizon: date) -> Iterator[Span]:
        """The periods from that around `start` on, as long as they start before the horizon."""
        period = self.around(start)
        while period.start < horizon:
            yield period
            period = self.around(period.end)


def bill_dates(company: Company, account: Account) -> Grid:
    """The calendar that the account follows, its payer's (rule 31 for a missing anchor)."""
    payer = company.payer_of(account)
    return Grid(payer.billing_anchor or _first_day(company, payer), length(payer.billing_period))


def bill_date_of(account: Account, cycles: Grid, due: date) -> date:
    """The bill date of what falls due on a day, never where that was billed elsewhere (rule 35)."""
    return NEVER if due < account.billing_starts_on else cycles.boundary_from(due)


def _first_day(company: Company, payer: Account) -> date:
    family = [
        account.account_id
        for account in company.accounts.values()
        if company.payer_of(account) == payer
    ]
    subscriptions = company.subscriptions.values()
    one_time_charges = company.one_time_charges
    for members in ([payer.account_id], family):
        starts = [each.starts_on for each in subscriptions if each.account_id in members]
        if starts:
            return min(starts)
    days = [each.occurred_on for each in one_time_charges if each.account_id in family]
    if days:
        return min(days)
    raise ValueError(f"nothing happened on {payer.account_id} yet")


def charge_grid(cycles: Grid, period: Length, starts_on: date, *, is_anniversary: bool) -> Grid:
    """The periods of a charge, given the account's cycles and the subscription's start.

    Rule 6: an anniversary counts from the start. Rule 4: what divides the cycle
    subdivides it. Rule 3: what is longer counts cycles from the first bill date
    on or after the start. Rule 5: what does not fit counts its own length from
    that date, uncut. Both reach backwards, for the stub before that date.
    """
    if is_anniversary:
        return Grid(starts_on, period)
    if period.divides(cycles.length):
        return Grid(cycles.origin, period)
    first_bill_date = cycles.boundary_from(starts_on)
    if cycles.length.divides(period):
        count = cycles.length.months or cycles.length.days
        return Grid(cycles.origin, period, cycles.index_of(first_bill_date) * count)
    return Grid(first_bill_date, period)


def due_on(charge: Charge, cycles: Grid, service: Span, entered_on: date) -> date:
    """The day on which an item of a recurring charge falls due.

    Rule 4: in advance, what is shorter than the cycle falls due with the cycle,
    or on the day on which the subscription entered the plan.
    """
    if charge.timing == "arrears":
        return service.end
    period = length(charge.period)
    is_shorter = period != cycles.length and period.divides(cycles.length)
    if is_shorter and not charge.is_anniversary:
        return max(cycles.around(service.start).start, entered_on)
    return service.start
