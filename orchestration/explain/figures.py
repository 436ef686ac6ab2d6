"""Exact numbers: rounding, a price table applied to units, and how both are written.

Its own arithmetic, in fractions: what the warehouse worked out is worked out again here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

Row = Mapping[str, Any]

_EXACT = Context(prec=200)
_SHOWN_PLACES = 12


@dataclass(frozen=True)
class Part:
    """One addend of an amount: in words, and its worth, exact."""

    words: str
    amount: Fraction


def exact(value: Decimal | int | None) -> Fraction:
    """The number as a fraction; nothing is 0."""
    return Fraction(value or 0)


def rounded(amount: Fraction, places: int) -> Fraction:
    """Half away from zero, to so many decimals."""
    steps = (abs(amount) * 2 * 10**places + 1) // 2
    return Fraction(steps if amount >= 0 else -steps, 10**places)


def started(units: Fraction, size: Fraction) -> int:
    """How many packages of a size are started."""
    return -(-units // size)


def billed_units(metered: Fraction, meter: Row) -> Fraction:
    """A meter's reading in billed units: divided, then rounded once; below 0 is 0."""
    units = max(metered, Fraction(0)) / exact(meter["divisor"] or 1)
    rounding = meter["rounding"] or "none"
    if rounding == "none":
        return rounded(units, _SHOWN_PLACES)
    size = exact(meter["rounding_unit"] or 1)
    if rounding == "up":
        return started(units, size) * size
    if rounding == "down":
        return units // size * size
    return rounded(units / size, 0) * size


def price_of(model: str, tiers: Sequence[Row], units: Fraction, money: "Money") -> list[Part]:
    """What each tier of a price table adds for so many units (design, "Charge models").

    `tiers` are rows of `raw.prices` in order of `from_units`. The last one is open.
    """
    if units <= 0:
        return []
    bounds = [*(exact(tier["from_units"]) for tier in tiers[1:]), None]
    parts = []
    for tier, end in zip(tiers, bounds, strict=True):
        start = exact(tier["from_units"])
        if model in {"graduated", "graduated_percentage"}:
            inside = max((units if end is None else min(units, end)) - start, Fraction(0))
        elif model == "percentage":
            inside = units if tier is tiers[0] else Fraction(0)
        else:
            inside = units if units > start and (end is None or units <= end) else Fraction(0)
        if inside:
            parts.append(_tier_part(model, tier, inside, money))
    return parts


def _tier_part(model: str, tier: Row, units: Fraction, money: "Money") -> Part:
    unit_price, flat_price = tier["unit_price"], tier["flat_price"]
    if model in {"flat", "stairstep"}:
        price = exact(unit_price if flat_price is None else flat_price)
        return Part(f"{money(price)} for any quantity of the tier", price)
    if model == "package":
        packages = started(units, exact(tier["package_size"] or 1))
        price = exact(flat_price if unit_price is None else unit_price)
        return Part(f"{packages} packages x {money(price)}", packages * price)
    if model in {"percentage", "graduated_percentage"}:
        rate = exact(tier["rate"])
        words, amount = f"{number(rate)} % of {number(units)}", units * rate / 100
        flat = None if model == "percentage" else flat_price
    else:
        counted = units
        words = number(units)
        if tier["package_size"] is not None:
            counted = Fraction(started(units, exact(tier["package_size"])))
            words = f"{number(counted)} packages"
        price = exact(unit_price)
        words, amount, flat = f"{words} x {money(price)}", counted * price, flat_price
    if flat:
        words, amount = f"{words} + {money(exact(flat))}", amount + exact(flat)
    return Part(words, amount)


def number(value: Fraction | Decimal | int) -> str:
    """As it is; with three points where it has no end or too many decimals."""
    fraction = Fraction(value)
    shown = rounded(fraction, _SHOWN_PLACES)
    if fraction != shown:
        cut = Fraction(int(fraction * 10**_SHOWN_PLACES), 10**_SHOWN_PLACES)
        return f"{_decimal(cut):,f}..."
    return f"{_decimal(shown):,f}"


@dataclass(frozen=True)
class Money:
    """How amounts of a currency are written: never fewer decimals than its minor unit has."""

    currency: str
    minor_units: int

    def __call__(self, amount: Fraction | Decimal | int) -> str:
        """The amount with its currency."""
        return f"{self.bare(amount)} {self.currency}"

    def bare(self, amount: Fraction | Decimal | int) -> str:
        """The amount without its currency."""
        text = number(amount)
        if text.endswith("..."):
            return text
        whole, _, decimals = text.partition(".")
        decimals = decimals.ljust(self.minor_units, "0")
        return f"{whole}.{decimals}" if decimals else whole


def _decimal(value: Fraction) -> Decimal:
    decimal = _EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    decimal = decimal.normalize(_EXACT)
    return decimal if int(decimal.as_tuple().exponent) <= 0 else decimal.quantize(Decimal(1))
