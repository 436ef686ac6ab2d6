"""The public face: what every billing item of a company is worth with all that has landed."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from .arithmetic import rounded
from .landing import read_company
from .metering import QUANTITY_PLACES, Usage
from .periods import Grid, Span, bill_date_of, bill_dates, charge_grid, due_on, length
from .pools import rated_in_pools
from .proration import share
from .rating import Priced, bounded, price, price_table, priced
from .records import Charge, Company, OneTimeCharge, Rows, Subscription
from .timelines import Stretch, Window, active_spans, plan_spans, recurring_spans, timeline
from .usage import (
    Consumption,
    RatedUsage,
    consumption,
    rated_by_running_total,
    rated_by_window,
    rating_grid,
)


class ItemKey(NamedTuple):
    """What tells an item from all others (rule 1).

    A row of `one_time_charges` has its own key in the place of the charge's.
    """

    subscription_id: str
    charge_id: str
    service_start: date
    currency: str
    group_value: str = ""


class Item(NamedTuple):
    """What an item is worth, rounded once to the currency's minor unit."""

    service_end: date
    quantity: Decimal
    net_amount: Decimal
    bill_date: date
    priced: Priced


Items = Iterator[tuple[ItemKey, Item]]


@dataclass(frozen=True)
class Asked:
    """Which items are asked for: those that are due by a date, or that begin before it."""

    until: date
    has_begun: bool = False

    def includes(self, service_start: date, bill_date: date) -> bool:
        """Whether an item is."""
        return bill_date <= self.until or (self.has_begun and service_start < self.until)


def worth(rows: Rows, until: date, *, has_begun: bool = False) -> dict[ItemKey, Item]:
    """The items of contract rows whose bill date is at or before a date.

    With `has_begun` also those whose service starts before it, as far as they can be priced.


    Rows are by table and hold text; a missing or empty value takes its default.
    Worths of zero are listed. Raises LookupError where billing would hold for a
    price or a meter, NotImplementedError for what the reference leaves out.
    """
    company = read_company(rows)
    items: dict[ItemKey, Item] = {}
    for key, item in _all_items(company, Asked(until, has_begun)):
        if key in items:
            raise ValueError(f"two items have the key {key}")
        items[key] = item
    return items


def _all_items(company: Company, asked: Asked) -> Items:
    pooled: list[Consumption] = []
    for subscription in company.subscriptions.values():
        account = company.accounts[subscription.account_id]
        cycles = bill_dates(company, account)
        stretches = timeline(subscription, company.changes[subscription.subscription_id])
        for plan_id in {stretch.plan_id for stretch in stretches}:
            for charge in company.charges_of(plan_id):
                if charge.kind == "one_time":
                    items = partial(_plan_fee, company, subscription, charge, stretches, cycles)
                elif charge.kind == "recurring":
                    items = partial(_recurring, company, subscription, charge, stretches, cycles)
                else:
                    used = consumption(
                        company, subscription, charge, stretches, cycles, asked.until
                    )
                    if charge.is_pooled and not charge.rating_period:
                        pooled.append(used)
                        continue
                    items = partial(_usage, company, used, cycles)
                yield from _as_far_as_priced(items, asked)
    yield from _as_far_as_priced(partial(_pooled, company, pooled), asked)
    for row in company.one_time_charges:
        yield from _as_far_as_priced(partial(_one_time, company, row), asked)


def _as_far_as_priced(items: Callable[[Asked], Items], asked: Asked) -> Items:
    """What is due must have a price, what has begun need not have one yet."""
    if asked.has_begun:
        with suppress(LookupError):
            yield from list(items(asked))
            return
    yield from items(Asked(asked.until))


def _pooled(company: Company, pooled: list[Consumption], asked: Asked) -> Items:
    def is_asked(used: Consumption, window: Window) -> bool:
        cycles = bill_dates(company, used.account)
        bill_date = bill_date_of(used.account, cycles, window.span.end)
        return asked.includes(window.span.start, bill_date)

    for rated in rated_in_pools(company, pooled, is_asked):
        yield from _billed_usage(rated, bill_dates(company, rated.account), asked)


def _recurring(
    company: Company,
    subscription: Subscription,
    charge: Charge,
    stretches: list[Stretch],
    cycles: Grid,
    asked: Asked,
) -> Items:
    grid = charge_grid(
        cycles,
        length(charge.period),
        subscription.starts_on,
        is_anniversary=charge.is_anniversary,
    )
    account = company.accounts[subscription.account_id]
    is_flat = charge.model == "flat"
    rule, active = charge.proration or account.proration, active_spans(stretches)
    for held, stretch in recurring_spans(stretches, charge.plan_id, is_flat=is_flat):
        entered_on = next(stay.start for stay, _ in plan_spans(stretches) if held.within(stay))
        # What is shorter than the cycle falls due with the cycle around it.
        for natural in grid.periods(held.start, cycles.around(asked.until).end):
            service = natural.within(held)
            if service is None:
                break
            due = due_on(charge, cycles, service, entered_on)
            bill_date = bill_date_of(account, cycles, due)
            if not asked.includes(service.start, bill_date):
                continue
            units = Fraction(1) if is_flat else stretch.quantity
            part = share(rule, [service], natural, grid.length, active)
            yield _priced_part(company, subscription, charge, service, units, part, bill_date)


def _priced_part(
    company: Company,
    subscription: Subscription,
    charge: Charge,
    service: Span,
    units: Fraction,
    part: Fraction,
    bill_date: date,
) -> tuple[ItemKey, Item]:
    """A part of a period: price, minimum and maximum all follow it (rules 10, 17)."""
    currency = company.accounts[subscription.account_id].currency
    subscription_id = subscription.subscription_id
    amounts = _price_of(company, charge, currency, subscription_id, service.start, units, part)
    key = ItemKey(subscription_id, charge.charge_id, service.start, currency)
    return key, _item(service, units, amounts, bill_date)


def _price_of(
    company: Company,
    charge: Charge,
    currency: str,
    subscription_id: str,
    on: date,
    units: Fraction,
    part: Fraction = Fraction(1),
) -> Priced:
    """A part of a held quantity at the prices of a day."""
    tiers = price_table(company, charge, currency, subscription_id, on)
    exact = price(charge, tiers, Usage(units), charge.included_units)
    minimum, maximum = charge.minimum_amount, charge.maximum_amount
    return priced(
        exact * part,
        None if minimum is None else minimum * part,
        None if maximum is None else maximum * part,
        currency,
        part,
    )


def _plan_fee(
    company: Company,
    subscription: Subscription,
    charge: Charge,
    stretches: list[Stretch],
    cycles: Grid,
    asked: Asked,
) -> Items:
    """Rule 12: once, on the day the plan is first entered, at that day's quantity."""
    first = next(each for each in stretches if each.plan_id == charge.plan_id)
    on, units = first.span.start, first.quantity
    account = company.accounts[subscription.account_id]
    bill_date = bill_date_of(account, cycles, on)
    if asked.includes(on, bill_date):
        currency = account.currency
        subscription_id = subscription.subscription_id
        amounts = _price_of(company, charge, currency, subscription_id, on, units)
        key = ItemKey(subscription_id, charge.charge_id, on, currency)
        yield key, _item(_day(on), units, amounts, bill_date)


def _one_time(company: Company, row: OneTimeCharge, asked: Asked) -> Items:
    """Rule 12: a row's amount is its total; a charge prices it where it has none."""
    account = company.accounts[row.account_id]
    bill_date = bill_date_of(account, bill_dates(company, account), row.occurred_on)
    if not asked.includes(row.occurred_on, bill_date):
        return
    units = Fraction(1)
    if row.amount is not None:
        amounts = priced(row.amount, None, None, row.currency)
    else:
        charge, units = company.charges[row.charge_id], row.quantity
        amounts = _price_of(
            company, charge, row.currency, row.subscription_id, row.occurred_on, units
        )
    key = ItemKey(row.subscription_id, row.item_id, row.occurred_on, row.currency)
    yield key, _item(_day(row.occurred_on), units, amounts, bill_date)


def _usage(company: Company, used: Consumption, cycles: Grid, asked: Asked) -> Items:
    def is_asked(window: Window) -> bool:
        bill_date = bill_date_of(used.account, cycles, window.span.end)
        return asked.includes(window.span.start, bill_date)

    if used.charge.rating_period:
        grid = rating_grid(used.subscription, used.charge, cycles)
        for rated in rated_by_running_total(company, used, grid, is_asked):
            yield from _billed_usage(rated, cycles, asked)
        return
    for window, usages in used.windows:
        if is_asked(window):
            for rated in rated_by_window(company, used, window, usages):
                yield from _billed_usage(rated, cycles, asked)


def _billed_usage(rated: RatedUsage, cycles: Grid, asked: Asked) -> Items:
    """Usage falls due at its service end."""
    service = rated.window.span
    bill_date = bill_date_of(rated.account, cycles, service.end)
    if asked.includes(service.start, bill_date):
        key = ItemKey(
            rated.subscription.subscription_id,
            rated.charge.charge_id,
            service.start,
            rated.account.currency,
            rated.group_value,
        )
        quantity = rounded(rated.quantity, QUANTITY_PLACES)
        yield key, Item(service.end, quantity, rated.net_amount, bill_date, rated.priced)


def _day(on: date) -> Span:
    return Span(on, on + timedelta(days=1))


def _item(service: Span, units: Fraction, amounts: Priced, bill_date: date) -> Item:
    quantity = rounded(units, QUANTITY_PLACES)
    net_amount = bounded(amounts.amount, amounts.least, amounts.greatest)
    return Item(service.end, quantity, net_amount, bill_date, amounts)
