"""Numbers, money, dates and places as a reader's locale writes them.

Everything goes through Babel's CLDR data. Amounts are never rounded here: one
that its currency cannot hold is refused.
"""

from datetime import date, timedelta
from decimal import Context, Decimal, localcontext
from functools import cache

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton
from babel.numbers import NumberPattern, get_currency_symbol, parse_pattern

from renderers.document import DocumentError

_PRICE_DECIMALS = 12
_ONE_DAY = timedelta(days=1)
_WIDE = Context(prec=76)  # holds any DECIMAL(38, s) without rounding


class Formats:
    """The forms of one locale and currency.

    `minor_units` is the currency's number of decimals (ISO 4217), `first_day`
    how the language writes the first of a month in a date ("1er"), if other
    than "1".
    """

    def __init__(
        self, locale: Locale, currency: str, minor_units: int, first_day: str = ""
    ) -> None:
        self._locale = locale
        self._currency = currency
        self._minor_units = minor_units
        self._first_day = first_day
        with_currency = locale.currency_formats["standard"].pattern
        if self.currency_symbol[-1].isalpha():  # CLDR: a letter does not touch a digit
            with_currency = with_currency.replace("\N{CURRENCY SIGN}#", "\N{CURRENCY SIGN}\u00a0#")
        self._money = _pattern(with_currency, minor_units, minor_units)
        plain = locale.decimal_formats[None].pattern
        self._amount = _pattern(plain, minor_units, minor_units)
        self._price = _pattern(plain, minor_units, _PRICE_DECIMALS)
        self._quantity = _pattern(plain, 0, _PRICE_DECIMALS)
        self._percent = _pattern(locale.percent_formats[None].pattern, 0, _PRICE_DECIMALS)

    @property
    def currency_symbol(self) -> str:
        """The currency's sign, or its code where the language has none."""
        return get_currency_symbol(self._currency, locale=self._locale)

    def money(self, amount: Decimal) -> str:
        """An amount with its currency."""
        return self._apply(self._money, self._exact(amount))

    def amount(self, amount: Decimal) -> str:
        """An amount alone, for a column whose head names the currency."""
        return self._apply(self._amount, self._exact(amount))

    def difference(self, amount: Decimal) -> str:
        """An amount more or less than another, always with its sign."""
        sign = "+" if amount > 0 else "\N{MINUS SIGN}" if amount < 0 else ""
        return f"{sign}{self.amount(abs(amount))}"

    def price(self, price: Decimal) -> str:
        """A unit price: the currency's decimals, and up to 12 where it has more."""
        return self._apply(self._price, price)

    def quantity(self, quantity: Decimal) -> str:
        """A quantity, without trailing zeros."""
        return self._apply(self._quantity, quantity)

    def percent(self, rate: Decimal) -> str:
        """A rate that is given in percent."""
        return self._apply(self._percent, _WIDE.scaleb(rate, Decimal(-2)))

    def day(self, day: date) -> str:
        """A date in words."""
        pattern = self._locale.date_formats["long"].pattern
        if day.day == 1 and self._first_day:
            pattern = pattern.replace("d", f"'{self._first_day}'", 1)
        return format_date(day, pattern, locale=self._locale)

    def short_day(self, day: date) -> str:
        """A day of a year that is known, for the foot of a chart."""
        return str(format_skeleton("MMMd", day, locale=self._locale))

    def period(self, start: date, end: date) -> str:
        """The days of the half-open period [start, end), both ends shown."""
        last_day = max(start, end - _ONE_DAY)
        return str(format_interval(start, last_day, "yMMMd", locale=self._locale))

    def country(self, country_code: str) -> str:
        """A country's name, or its code where the language has none."""
        return str(self._locale.territories.get(country_code.upper(), country_code))

    def _apply(self, pattern: NumberPattern, value: Decimal) -> str:
        with localcontext(_WIDE):
            return str(
                pattern.apply(value, self._locale, currency=self._currency, currency_digits=False)
            )

    def _exact(self, amount: Decimal) -> Decimal:
        if amount != _WIDE.quantize(amount, Decimal(1).scaleb(-self._minor_units)):
            raise DocumentError(
                f"the amount {amount} has more decimals than {self._currency} has"
                f" ({self._minor_units})"
            )
        return amount


@cache
def _pattern(text: str, least_decimals: int, most_decimals: int) -> NumberPattern:
    """A CLDR pattern that shows this many decimals; not Babel's shared one."""
    pattern = parse_pattern(text)
    pattern.frac_prec = (least_decimals, most_decimals)
    return pattern
