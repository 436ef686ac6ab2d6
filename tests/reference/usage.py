"""What usage is worth, one subscription's charge at a time: windows by themselves and added up."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .metering import NOTHING, Usage, metered
from .periods import Grid, Length, Span, bill_date_of, charge_grid, length
from .proration import share
from .rating import Priced, bounded, price, price_table, priced
from .records import Account, Charge, Company, Subscription
from .timelines import Stretch, Window, active_spans, usage_windows


@dataclass(frozen=True)
class Consumption:
    """A subscription's use of one charge: its windows, and in each the usage by group value.

    `period` is the length of the windows' natural periods; `active` are the days
    of the subscription in any plan.
    """

    subscription: Subscription
    account: Account
    charge: Charge
    period: Length
    active: list[Span]
    windows: list[tuple[Window, dict[str, Usage]]]

    def minimum_of(self, window: Window) -> Fraction | None:
        """What is owed at least for the active days of a window (rule 17)."""
        return self.minimum(window.active, window.natural, self.period)

    def minimum(self, part: Sequence[Span], natural: Span, period: Length) -> Fraction | None:
        """What is owed at least for days of a natural period, by the charge's rule."""
        rule, least = self.charge.proration or self.account.proration, self.charge.minimum_amount
        return least and least * share(rule, part, natural, period, self.active)

    def rated(self, window: Window, value: str, usage: Usage, amounts: Priced) -> "RatedUsage":
        """The usage with its worth; of a running total, what the window adds to it."""
        net_amount = bounded(amounts.amount, amounts.least, amounts.greatest)
        if amounts.before is not None:
            net_amount -= bounded(amounts.before, None, amounts.greatest)
        return RatedUsage(
            self.subscription,
            self.account,
            self.charge,
            window,
            value,
            usage.quantity,
            net_amount,
            amounts,
        )


@dataclass(frozen=True)
class RatedUsage:
    """What a group value's usage of a window is worth."""

    subscription: Subscription
    account: Account
    charge: Charge
    window: Window
    group_value: str
    quantity: Fraction
    net_amount: Decimal
    priced: Priced


def consumption(
    company: Company,
    subscription: Subscription,
    charge: Charge,
    stretches: list[Stretch],
    cycles: Grid,
    until: date,
) -> Consumption:
    """The windows and usage that decide what falls due up to a date.

    Under a rating period they reach to its end, which tells its last window.
    """
    account = company.accounts[subscription.account_id]
    grid = Grid(subscription.starts_on, length(charge.period)) if charge.is_anniversary else cycles
    horizon = grid.around(until).end
    if charge.rating_period:
        horizon = max(horizon, rating_grid(subscription, charge, cycles).around(until).end)
    # What ended before billing starts was billed elsewhere, and counts for nothing here.
    windows = [
        each
        for each in usage_windows(stretches, charge.plan_id, grid, horizon)
        if each.span.end >= account.billing_starts_on
    ]
    if charge.meter_id not in company.meters:
        if any(bill_date_of(account, cycles, each.span.end) <= until for each in windows):
            raise LookupError(f"unknown meter of {charge.charge_id}")
        return Consumption(subscription, account, charge, grid.length, active_spans(stretches), [])
    events = company.events[subscription.subscription_id, charge.meter_id]
    meter = company.meters[charge.meter_id]
    usages = [(each, metered(meter, charge, events, each, account.zone)) for each in windows]
    return Consumption(subscription, account, charge, grid.length, active_spans(stretches), usages)


def rating_grid(subscription: Subscription, charge: Charge, cycles: Grid) -> Grid:
    """The rating periods of a charge, on the grid of a charge of that length (rule 18)."""
    return charge_grid(
        cycles,
        length(charge.rating_period),
        subscription.starts_on,
        is_anniversary=charge.is_anniversary,
    )


def own_values(usages: dict[str, Usage]) -> dict[str, Usage]:
    """The values that have an item: those of the events, without any the empty one (rule 24)."""
    return usages or {"": NOTHING}


def rated_by_window(
    company: Company, used: Consumption, window: Window, usages: dict[str, Usage]
) -> Iterator[RatedUsage]:
    """Each group value of a window by itself, at the price of its first day (rule 10)."""
    charge, currency = used.charge, used.account.currency
    first_day = window.span.start
    tiers = price_table(company, charge, currency, used.subscription.subscription_id, first_day)
    minimum = used.minimum_of(window)
    for value, usage in own_values(usages).items():
        exact = price(charge, tiers, usage, charge.included_units)
        amounts = priced(exact, minimum, charge.maximum_amount, currency)
        yield used.rated(window, value, usage, amounts)


def rated_by_running_total(
    company: Company, used: Consumption, grid: Grid, is_due: Callable[[Window], bool]
) -> Iterator[RatedUsage]:
    """Windows of a rating period as differences of its running total (rule 18).

    Periods of which nothing is due are left out: a price that is missing does not hold yet.
    """
    if used.charge.is_pooled:
        raise NotImplementedError("a pool with a rating period")
    periods: dict[Span, list[tuple[Window, dict[str, Usage]]]] = {}
    for window, usages in used.windows:
        periods.setdefault(grid.around(window.span.start), []).append((window, usages))
    for period, windows in periods.items():
        if any(is_due(window) for window, _ in windows):
            minimum = used.minimum(
                [span for window, _ in windows for span in window.active], period, grid.length
            )
            yield from _rated_period(company, used, minimum, windows)


def _rated_period(
    company: Company,
    used: Consumption,
    minimum: Fraction | None,
    windows: list[tuple[Window, dict[str, Usage]]],
) -> Iterator[RatedUsage]:
    """Each value's total; the last window tops up the minimum of every value that was seen."""
    charge, currency = used.charge, used.account.currency
    first_day, last = windows[0][0].span.start, windows[-1][0]
    tiers = price_table(company, charge, currency, used.subscription.subscription_id, first_day)

    def worth(total: Usage, least: Fraction | None) -> Priced:
        exact = price(charge, tiers, total, charge.included_units)
        return priced(exact, least, charge.maximum_amount, currency)

    seen = own_values({value: NOTHING for _, usages in windows for value in usages})
    for value in {*seen, ""}:
        total = NOTHING
        for window, usages in windows:
            usage = own_values(usages).get(value)
            is_last = window == last and value in seen
            if usage is None and not is_last:
                continue
            before, total = total, total + (usage or NOTHING)
            amounts = worth(total, minimum if is_last else None)._replace(
                before=worth(before, None).amount, period=first_day
            )
            yield used.rated(window, value, usage or NOTHING, amounts)
