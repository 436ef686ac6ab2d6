"""A line's quantity and price, so that quantity x price / base is its amount to the cent.

BR-FR-DEC-02 and 03 allow a quantity four decimals and a price six, never negative
(BR-27); a charge may have twelve of both, and its amount may come from tiers, a
part of a period or a minimum.

    412.387 kWh at 0.2034 = 83.88     412.387 x 0.2034
    35,216 tokens at 0.0000125 = 0.44  35,216 x 0.0125 per 1,000
    2 seats, 22 of 31 days = 35.28     2 x 35.28 per 2
    0.00000012 GB = 0.05               1 x 0.05, the quantity as an attribute
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from renderers.einvoice.units import PIECE, unit_code

_QUANTITY_STEP = Decimal("0.0001")
_PRICE_DECIMALS = 6
_DIGITS = 19  # of a quantity or a price, all in all
_BASES = (Decimal(1), Decimal(1000), Decimal(1_000_000))
_WIDE = Context(prec=120, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Price:
    """BT-129 `quantity` in BT-130 `unit_code` at BT-146 `price` per BT-149 `base`.

    `is_whole_story` says that the real quantity and unit are the ones shown.
    """

    quantity: Decimal
    unit_code: str
    price: Decimal
    base: Decimal = Decimal(1)
    is_whole_story: bool = True

    def amount(self, minor_units: int) -> Decimal:
        """What they make: rounded once, half away from zero."""
        exact = _WIDE.divide(_WIDE.multiply(self.quantity, self.price), self.base)
        return _WIDE.quantize(exact, Decimal(1).scaleb(-minor_units))


def priced(
    quantity: Decimal | None,
    unit: str | None,
    unit_price: Decimal | None,
    net_amount: Decimal,
    minor_units: int,
) -> Price:
    """A quantity and price that make the amount.

    The first that does of the price per unit, per thousand or per million, the amount
    per the whole quantity, and the amount once. The quantity takes the amount's sign:
    a price is never negative.
    """
    code = unit_code(unit)
    shown = _signed(quantity, net_amount)
    if shown is not None:
        is_exact = quantity is not None and shown.copy_abs() == quantity.copy_abs()
        for price in _candidates(shown, unit_price, code, net_amount, is_exact=is_exact):
            if price.amount(minor_units) == net_amount:
                return price
    sign = Decimal(-1) if net_amount < 0 else Decimal(1)
    return Price(
        sign, PIECE, net_amount.copy_abs(), is_whole_story=quantity is None and unit is None
    )


def _candidates(
    quantity: Decimal, unit_price: Decimal | None, code: str, net_amount: Decimal, *, is_exact: bool
) -> list[Price]:
    found = []
    if unit_price is not None and unit_price >= 0:
        for base in _BASES:
            price = _WIDE.multiply(unit_price, base)
            if _fits_price(price):
                found.append(Price(quantity, code, price, base, is_exact))
                break
    base = quantity.copy_abs() or Decimal(1)
    return [*found, Price(quantity, code, net_amount.copy_abs(), base, is_exact)]


def _signed(quantity: Decimal | None, net_amount: Decimal) -> Decimal | None:
    """The quantity as it can be shown, in four decimals; None where it cannot."""
    if quantity is None:
        return None
    shown = _WIDE.quantize(quantity.copy_abs(), _QUANTITY_STEP)
    if (shown == 0) != (quantity == 0) or _digits(shown) > _DIGITS:
        return None
    return shown.copy_negate() if net_amount < 0 and shown else shown


def _fits_price(price: Decimal) -> bool:
    return _decimals(price) <= _PRICE_DECIMALS and _digits(price) <= _DIGITS


def _decimals(number: Decimal) -> int:
    exponent = _WIDE.normalize(number).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _digits(number: Decimal) -> int:
    return len(f"{_WIDE.normalize(number):f}".replace(".", "").lstrip("-"))
