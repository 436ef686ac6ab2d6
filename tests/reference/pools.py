"""Pools: a payer's family shares the tiers, and its amount is split by usage (rule 19)."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .arithmetic import shares, to_money
from .metering import Usage
from .periods import Span
from .rating import is_negotiated, is_priced_per_event, price, price_table, priced
from .records import Company
from .timelines import Window
from .usage import Consumption, RatedUsage, own_values, rated_by_window

PoolKey = tuple[str, str, str, str, Span]
Share = tuple[str, Window]


@dataclass(frozen=True)
class Member:
    """A window of a subscription in a pool."""

    used: Consumption
    window: Window
    usages: dict[str, Usage]

    @property
    def key(self) -> Share:
        """What orders members: subscription, then window."""
        return self.used.subscription.subscription_id, self.window


def rated_in_pools(
    company: Company,
    consumptions: Sequence[Consumption],
    is_due: Callable[[Consumption, Window], bool],
) -> Iterator[RatedUsage]:
    """The usage of all pooled charges; a negotiated price keeps a window out of its pool.

    Pools of which nothing is due are left out: a price that is missing does not hold yet.
    """
    pools: dict[PoolKey, list[Member]] = defaultdict(list)
    for used in consumptions:
        charge, account = used.charge, used.account
        payer = company.payer_of(account)
        for window, usages in used.windows:
            subscription_id, first_day = used.subscription.subscription_id, window.span.start
            if is_negotiated(company, charge, account.currency, subscription_id, first_day):
                if is_due(used, window):
                    yield from rated_by_window(company, used, window, usages)
                continue
            key = (
                payer.account_id,
                account.entity_id,
                charge.charge_id,
                account.currency,
                window.natural,
            )
            pools[key].append(Member(used, window, usages))
    for members in pools.values():
        if any(is_due(member.used, member.window) for member in members):
            yield from _rated_pool(company, members)


def _rated_pool(company: Company, members: list[Member]) -> Iterator[RatedUsage]:
    """Every value of the pool by itself, with the included units of all its subscriptions."""
    used = members[0].used
    charge, currency = used.charge, used.account.currency
    first_day = min(member.window.span.start for member in members)
    tiers = price_table(company, charge, currency, "", first_day)
    if charge.model == "dynamic" or is_priced_per_event(charge, tiers):
        raise NotImplementedError("a pool of events that are priced one by one")
    subscriptions = {
        member.used.subscription.subscription_id for member in members if member.window.active
    }
    included = charge.included_units * len(subscriptions)
    for value in sorted({value for member in members for value in own_values(member.usages)}):
        having = [member for member in members if value in own_values(member.usages)]
        quantities = [
            (member.key, own_values(member.usages)[value].quantity)
            for member in sorted(having, key=_in_order)
        ]
        total = Usage(sum((quantity for _, quantity in quantities), Fraction(0)))
        amount = to_money(price(charge, tiers, total, included), currency)
        parts = shares(amount, quantities)
        for member in having:
            yield _rated_member(member, value, parts[member.key])


def _in_order(member: Member) -> tuple[str, Span]:
    return member.used.subscription.subscription_id, member.window.span


def _rated_member(member: Member, value: str, part: Decimal) -> RatedUsage:
    """A member's part between its own minimum and maximum."""
    used, window = member.used, member.window
    minimum = used.minimum_of(window)
    usage = own_values(member.usages)[value]
    amounts = priced(Fraction(part), minimum, used.charge.maximum_amount, used.account.currency)
    return used.rated(window, value, usage, amounts)
