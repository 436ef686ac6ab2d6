"""Exact numbers to the decimals that a bill shows."""

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from typing import TypeVar

Key = TypeVar("Key")

NO_MINOR_UNIT = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
# ISO 4217: the currencies whose minor unit is not a hundredth.
MINOR_UNITS: Mapping[str, int] = {
    **dict.fromkeys(NO_MINOR_UNIT.split(), 0),
    **dict.fromkeys(THOUSANDTHS.split(), 3),
}
# Wide enough for whatever is scaled.
EXACT = Context(prec=200)


def rounded(amount: Fraction, places: int) -> Decimal:
    """Half away from zero."""
    twice = abs(amount) * 2 * 10**places
    steps = (twice.numerator // twice.denominator + 1) // 2
    return EXACT.scaleb(Decimal(steps if amount >= 0 else -steps), -places)


def to_money(amount: Fraction, currency: str) -> Decimal:
    """Rounded to the currency's minor unit."""
    return rounded(amount, MINOR_UNITS.get(currency, 2))


def started(units: Fraction, size: Fraction) -> int:
    """How many packages are started."""
    return -(-(units / size).numerator // (units / size).denominator)


def shares(amount: Decimal, weights: Sequence[tuple[Key, Fraction]]) -> dict[Key, Decimal]:
    """An amount split by weight in its own last place, what is left to the largest fractions.

    Among equal fractions, the earlier of the weights gets more (rule 19).
    """
    exponent = int(amount.as_tuple().exponent)
    units = int(EXACT.scaleb(amount, -exponent))
    total = sum((weight for _, weight in weights), Fraction(0))
    exact = {key: units * weight / total if total else Fraction(0) for key, weight in weights}
    whole = {key: share.numerator // share.denominator for key, share in exact.items()}
    by_fraction = sorted(exact, key=lambda key: exact[key] - whole[key], reverse=True)
    for key in by_fraction[: units - sum(whole.values())]:
        whole[key] += 1
    return {key: EXACT.scaleb(Decimal(count), exponent) for key, count in whole.items()}
