"""Minimum commitments in plain Python: what each period is topped up by (rule 40)."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .arithmetic import to_money
from .periods import Grid, Length, Span, bill_date_of, bill_dates, charge_grid, length
from .proration import share
from .records import Commitment, Company
from .timelines import end_of_life


def true_ups(
    amount: Fraction,
    currency: str,
    period: Length,
    rule: str,
    cycles: Grid,
    days: Span,
    reached: Callable[[Span], Decimal],
) -> Iterator[tuple[Span, Decimal]]:
    """Each period of a commitment that lasts some days, with what is missing of it.

    It is aligned like a charge, and prorated by the seller's rule.
    """
    grid = charge_grid(cycles, period, days.start, is_anniversary=False)
    for natural in grid.periods(days.start, days.end):
        service = natural.within(days)
        if service is not None:
            part = share(rule, [service], natural, period, [days])
            committed = to_money(amount * part, currency)
            yield service, max(committed - reached(service), Decimal(0))


class Reaching(NamedTuple):
    """What counts for commitments: a day's amount, whose it is and who pays."""

    account_id: str
    subscription_id: str
    currency: str
    service_start: date
    net_amount: Decimal


class TrueUp(NamedTuple):
    """What a period of a commitment lacks."""

    commitment: Commitment
    service: Span
    missing: Decimal
    bill_date: date


def topped_up(company: Company, reaching: list[Reaching], until: date) -> Iterator[TrueUp]:
    """All commitments' periods that end on a bill date by a date."""
    for commitment in company.commitments:
        days = _lasting(company, commitment)
        if days is None:
            continue
        account = company.accounts[commitment.account_id]
        cycles = bill_dates(company, account)
        # No later period can be due.
        days = Span(days.start, min(days.end, cycles.around(until).end))

        def reached(service: Span, commitment: Commitment = commitment) -> Decimal:
            counted = (
                each.net_amount
                for each in reaching
                if each.currency == commitment.currency
                and service.start <= each.service_start < service.end
                and _counts(company, commitment, each)
            )
            return sum(counted, Decimal(0))

        for service, missing in _periods(company, commitment, days, reached):
            bill_date = bill_date_of(account, cycles, service.end)
            if bill_date <= until:
                yield TrueUp(commitment, service, missing, bill_date)


def _periods(
    company: Company,
    commitment: Commitment,
    days: Span,
    reached: Callable[[Span], Decimal],
) -> Iterator[tuple[Span, Decimal]]:
    account = company.accounts[commitment.account_id]
    return true_ups(
        commitment.amount,
        commitment.currency,
        length(commitment.period),
        account.proration,
        bill_dates(company, account),
        days,
        reached,
    )


def _counts(company: Company, commitment: Commitment, reaching: Reaching) -> bool:
    """A subscription's own; of an account also what it pays for."""
    if commitment.subscription_id:
        return commitment.subscription_id == reaching.subscription_id
    payer = company.payer_of(company.accounts[reaching.account_id])
    return commitment.account_id in {reaching.account_id, payer.account_id}


def _lasting(company: Company, commitment: Commitment) -> Span | None:
    """From the later of its start and the first subscription, to the earlier of the ends.

    What was billed elsewhere is not committed here.
    """
    lives = []
    for subscription in company.subscriptions.values():
        account = company.accounts[subscription.account_id]
        changes = company.changes[subscription.subscription_id]
        holders = {account.account_id, company.payer_of(account).account_id}
        is_held = commitment.account_id in holders
        if commitment.subscription_id in {"", subscription.subscription_id} and is_held:
            first = max(subscription.starts_on, account.billing_starts_on)
            end = end_of_life(subscription, changes)
            if first < end:
                lives.append(Span(first, end))
    if not lives:
        return None
    start = max(commitment.starts_on, min(life.start for life in lives))
    end = min(commitment.ends_on, max(life.end for life in lives))
    return Span(start, end) if start < end else None
