"""Pricing a quantity: the price table that holds, every charge model, minimum and maximum."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, TypeVar

from .arithmetic import started, to_money
from .metering import Usage
from .records import Charge, Company, Tier

ZERO = Fraction(0)
PER_EVENT = ("fixed_per_event", "minimum_per_event", "maximum_per_event", "free_events")


class Priced(NamedTuple):
    """What the price makes of an item, and what minimum and maximum bind it to, in money.

    In a rating period the amounts are those of the running total, `before` is the one of
    the windows before, and `period` tells it from others. `part` is that of a period.
    """

    amount: Decimal
    least: Decimal | None = None
    greatest: Decimal | None = None
    part: Fraction = Fraction(1)
    before: Decimal | None = None
    period: date | None = None

    @property
    def own(self) -> Decimal:
        """What the item adds."""
        return self.amount - (self.before or Decimal(0))


def priced(
    exact: Fraction,
    minimum: Fraction | None,
    maximum: Fraction | None,
    currency: str,
    part: Fraction = Fraction(1),
) -> Priced:
    """Each rounded by itself: it keeps their order."""
    least = None if minimum is None else to_money(minimum, currency)
    greatest = None if maximum is None else to_money(maximum, currency)
    return Priced(to_money(exact, currency), least, greatest, part)


def price_table(
    company: Company, charge: Charge, currency: str, subscription_id: str, on: date
) -> list[Tier]:
    """The tiers that hold on a day, in order: negotiated ones from their first day on (rule 11).

    Raises LookupError where there are none, or where they leave a gap.
    """
    valid = [tier for tier in company.prices[charge.charge_id, currency] if tier.valid_from <= on]
    own = [
        tier for tier in valid if tier.subscription_id and tier.subscription_id == subscription_id
    ]
    table = own or [tier for tier in valid if not tier.subscription_id]
    if not table and charge.model != "dynamic":
        raise LookupError(f"no price of {charge.charge_id} in {currency} on {on}")
    latest = max((tier.valid_from for tier in table), default=on)
    tiers = sorted(
        (tier for tier in table if tier.valid_from == latest), key=lambda tier: tier.from_units
    )
    # Without an end of its own, a tier ends where the next one begins.
    tiers = [
        tier if tier.to_units is not None else replace(tier, to_units=after.from_units)
        for tier, after in pairwise(tiers)
    ] + tiers[-1:]
    bounds = [ZERO, *(tier.to_units for tier in tiers)]
    if any(tier.from_units != bound for tier, bound in zip(tiers, bounds, strict=False)):
        raise LookupError(f"the tiers of {charge.charge_id} in {currency} on {on} leave a gap")
    return tiers


def is_negotiated(
    company: Company, charge: Charge, currency: str, subscription_id: str, on: date
) -> bool:
    """Whether the subscription has a price of its own that day."""
    tiers = company.prices[charge.charge_id, currency]
    return any(tier.subscription_id == subscription_id and tier.valid_from <= on for tier in tiers)


def is_priced_per_event(charge: Charge, tiers: Sequence[Tier]) -> bool:
    """Rule 26: any column of the kind turns `percentage` into a price of each event."""
    return charge.model == "percentage" and any(
        getattr(tier, column) is not None for tier in tiers for column in PER_EVENT
    )


def price(charge: Charge, tiers: Sequence[Tier], usage: Usage, included: Fraction) -> Fraction:
    """What usage costs, exact, before minimum and maximum (rules 25 to 27)."""
    if charge.model == "dynamic":
        return usage.carried_amount
    if is_priced_per_event(charge, tiers):
        return _per_event(tiers[0], usage.event_units, included)
    units = max(usage.quantity - included, ZERO)
    if charge.model == "flat" and charge.kind != "usage":
        # A fee does not count units, so none of them is one fee all the same.
        return _first_of(tiers[0].flat_price, tiers[0].unit_price)
    if units == 0:
        return ZERO
    if charge.model == "graduated":
        return sum((_tier_units(tiers, tier, units) for tier in tiers), ZERO)
    if charge.model == "graduated_percentage":
        return sum((_tier_percentage(tiers, tier, units) for tier in tiers), ZERO)
    return _whole(charge.model, _tier_of(tiers, units), units)


def _whole(model: str, tier: Tier, units: Fraction) -> Fraction:
    """The models in which one tier prices all units."""
    if model in {"flat", "stairstep"}:
        return _first_of(tier.flat_price, tier.unit_price)
    if model == "package":
        packages = started(units, tier.package_size or Fraction(1))
        return packages * _first_of(tier.unit_price, tier.flat_price)
    if model == "percentage":
        return units * (tier.rate or ZERO) / 100
    if model in {"per_unit", "volume"}:
        return _in_units_or_packages(tier, units)
    raise ValueError(f"no such charge model: {model}")


def _first_of(*prices: Fraction | None) -> Fraction:
    """Rule 25: the column of the model, else the other one."""
    return next((each for each in prices if each is not None), ZERO)


def _in_units_or_packages(tier: Tier, units: Fraction) -> Fraction:
    counted = units if tier.package_size is None else started(units, tier.package_size)
    return counted * (tier.unit_price or ZERO) + (tier.flat_price or ZERO)


def _tier_of(tiers: Sequence[Tier], units: Fraction) -> Tier:
    """The tier `(from_units, to_units]` of a quantity; the last is open whatever it says."""
    inside = [tier for tier in tiers[:-1] if tier.to_units is None or units <= tier.to_units]
    return inside[0] if inside else tiers[-1]


def _units_in(tiers: Sequence[Tier], tier: Tier, units: Fraction) -> Fraction:
    is_open = tier is tiers[-1] or tier.to_units is None
    top = units if is_open or tier.to_units is None else min(units, tier.to_units)
    return max(top - tier.from_units, ZERO)


def _tier_units(tiers: Sequence[Tier], tier: Tier, units: Fraction) -> Fraction:
    inside = _units_in(tiers, tier, units)
    return _in_units_or_packages(tier, inside) if inside else ZERO


def _tier_percentage(tiers: Sequence[Tier], tier: Tier, units: Fraction) -> Fraction:
    inside = _units_in(tiers, tier, units)
    return inside * (tier.rate or ZERO) / 100 + (tier.flat_price or ZERO) if inside else ZERO


def _per_event(tier: Tier, events: Sequence[Fraction], included: Fraction) -> Fraction:
    """Rule 26, events in order of time; free events leave the included units untouched."""
    total = before = ZERO
    for units in events[int(tier.free_events or 0) :]:
        after = before + units
        if included:
            is_inside = max(before, after) <= included and min(before, after) < included
            charged = max(after - included, ZERO) - max(before - included, ZERO)
        else:
            is_inside, charged = False, units
        before = after
        if not is_inside:
            total += _event_amount(tier, charged)
    return total


def _event_amount(tier: Tier, units: Fraction) -> Fraction:
    amount = units * (tier.rate or ZERO) / 100 + (tier.fixed_per_event or ZERO)
    if tier.minimum_per_event is not None:
        amount = max(amount, tier.minimum_per_event)
    if tier.maximum_per_event is not None:
        amount = min(amount, tier.maximum_per_event)
    return amount


Amount = TypeVar("Amount", Fraction, Decimal)


def bounded(amount: Amount, minimum: Amount | None, maximum: Amount | None) -> Amount:
    """The amount between a minimum and, which wins, a maximum (rule 27)."""
    if minimum is not None:
        amount = max(amount, minimum)
    if maximum is not None:
        amount = min(amount, maximum)
    return amount
