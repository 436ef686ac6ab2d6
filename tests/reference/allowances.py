"""Allowances in plain Python: what they cover, and what they take off lines (rules 37 to 39)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .arithmetic import to_money
from .items import Item, ItemKey
from .rating import bounded
from .records import Allowance, Company
from .timelines import timeline

ZERO = Decimal(0)


class Covered(NamedTuple):
    """Whose an item is, and what an allowance may name of it."""

    account_id: str
    subscription_id: str
    charge_id: str
    currency: str


def covers(company: Company, allowance: Allowance, of: Covered, on: date) -> bool:
    """Whether an allowance covers something on a day."""
    payer_id = company.payer_of(company.accounts[of.account_id]).account_id
    return (
        allowance.subscription_id in {"", of.subscription_id}
        and allowance.account_id in {"", of.account_id, payer_id}
        and allowance.charge_id in {"", of.charge_id}
        and allowance.currency in {"", of.currency}
        and allowance.starts_on <= on < allowance.ends_on
        and all(_is_held(company, allowance, plan_id, on) for plan_id in allowance.required_plans)
    )


def _is_held(company: Company, allowance: Allowance, plan_id: str, on: date) -> bool:
    """Whether the account, or one that it pays for, has a plan active."""
    owner = allowance.account_id or company.subscriptions[allowance.subscription_id].account_id
    for subscription in company.subscriptions.values():
        account = company.accounts[subscription.account_id]
        if owner in {account.account_id, company.payer_of(account).account_id}:
            for each in timeline(subscription, company.changes[subscription.subscription_id]):
                is_then = each.span.start <= on < each.span.end
                if is_then and each.is_active and each.plan_id == plan_id:
                    return True
    return False


def in_order(allowances: Iterable[Allowance]) -> list[Allowance]:
    """Percentages first, then amounts, by key (rule 38)."""
    return sorted(allowances, key=lambda each: (not each.is_percent, each.allowance_id))


def taken(allowance: Allowance, left: Decimal, currency: str, part: Fraction) -> Decimal:
    """What an allowance takes of what is left: never more than that (rule 38)."""
    if allowance.is_percent:
        percent = min(allowance.value, Fraction(100))
        return to_money(Fraction(left) * percent / 100, currency)
    return min(to_money(allowance.value * part, currency), max(left, ZERO))


class Discounted(NamedTuple):
    """An item's own line, and what each allowance takes off it."""

    net_amount: Decimal
    taken: dict[str, Decimal]


def discounted(
    company: Company, items: Mapping[ItemKey, Item], described: Mapping[ItemKey, Covered]
) -> dict[ItemKey, Discounted]:
    """The items on which line allowances have an effect."""
    applied: dict[ItemKey, list[Allowance]] = defaultdict(list)
    for allowance in in_order(each for each in company.allowances if not each.is_on_invoices):
        on = {
            key: items[key]
            for key in items
            if items[key].priced.own
            and (items[key].priced.own > 0 or items[key].priced.before is not None)
            and covers(company, allowance, described[key], key.service_start)
        }
        for key in _used(allowance, on):
            applied[key].append(allowance)
    found: dict[ItemKey, Discounted] = {}
    # What the windows of a rating period before took, by what shares a running total.
    sums: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
    for key in sorted(items):
        before = ZERO
        item = items[key]
        takes = _taken_off(key, item, applied[key])
        if item.priced.period is not None:
            total = (key._replace(service_start=item.priced.period),)
            before = sums[total]
            sums[total] += sum(takes.values(), ZERO)
        if takes or before:
            found[key] = _bound(item, takes, before)
    return found


def _used(allowance: Allowance, on: Mapping[ItemKey, Item]) -> Iterator[ItemKey]:
    """What the uses that it has are for: the first bill dates on which it covers something."""
    for is_positive in (True, False):
        keys = [key for key in on if (on[key].priced.own > 0) == is_positive]
        bill_dates = sorted({on[key].bill_date for key in keys})[: allowance.max_uses]
        yield from (key for key in keys if on[key].bill_date in bill_dates)


def _taken_off(key: ItemKey, item: Item, allowances: Iterable[Allowance]) -> dict[str, Decimal]:
    left, takes = item.priced.own, {}
    for allowance in allowances:
        amount = taken(allowance, left, key.currency, item.priced.part)
        if amount:
            takes[allowance.allowance_id] = amount
        left -= amount
    return takes


def _bound(item: Item, takes: Mapping[str, Decimal], before: Decimal) -> Discounted:
    """Minimum and maximum bind what is left; what they keep, the last allowances do not take."""
    priced, own = item.priced, sum(takes.values(), ZERO)

    def left(amount: Decimal, less: Decimal) -> Decimal:
        return max(amount - less, min(amount, ZERO))

    is_worth = bounded(left(priced.amount, before + own), priced.least, priced.greatest)
    if priced.before is not None:
        is_worth -= bounded(left(priced.before, before), None, priced.greatest)
    allowed = max(min(item.net_amount - is_worth, own), ZERO)
    shares, so_far = {}, ZERO
    for allowance_id, amount in takes.items():
        share = max(min(so_far + amount, allowed), ZERO) - max(min(so_far, allowed), ZERO)
        so_far += amount
        if share:
            shares[allowance_id] = share
    return Discounted(is_worth + allowed, shares)
