"""Figures, dates and places as each locale writes them."""

from datetime import date
from decimal import Decimal

import pytest
from babel import Locale

from renderers.document import DocumentError
from renderers.formats import Formats

NARROW, NO_BREAK, THIN, DASH = "\u202f", "\u00a0", "\u2009", "\u2013"


def formats(locale: str = "fr_FR", currency: str = "EUR", minor_units: int = 2) -> Formats:
    return Formats(Locale.parse(locale), currency, minor_units, "1er" if locale == "fr_FR" else "")


@pytest.mark.parametrize(
    ("locale", "currency", "minor_units", "amount", "expected"),
    [
        ("fr_FR", "EUR", 2, "1234567.5000", f"1{NARROW}234{NARROW}567,50{NO_BREAK}€"),
        ("fr_FR", "EUR", 2, "-12.0000", f"-12,00{NO_BREAK}€"),
        ("en_GB", "GBP", 2, "1234.5000", "£1,234.50"),
        ("en_US", "USD", 2, "0.0000", "$0.00"),
        ("en_GB", "EUR", 2, "-0.0100", "-€0.01"),
        ("en_US", "JPY", 0, "1235.0000", "¥1,235"),
        ("en_GB", "KWD", 3, "1.5000", f"KWD{NO_BREAK}1.500"),
        ("fr_FR", "KWD", 3, "1234.5670", f"1{NARROW}234,567{NO_BREAK}KWD"),
    ],
)
def test_money_has_the_decimals_of_its_currency(
    locale: str, currency: str, minor_units: int, amount: str, expected: str
) -> None:
    assert formats(locale, currency, minor_units).money(Decimal(amount)) == expected


def test_an_amount_of_38_digits_is_written_exactly() -> None:
    amount = Decimal("1234567890123456789012345678901234.5600")
    written = formats("en_GB").amount(amount).replace(",", "")
    assert written == "1234567890123456789012345678901234.56"


@pytest.mark.parametrize(
    ("currency", "minor_units", "amount"),
    [("EUR", 2, "10.0050"), ("JPY", 0, "1.5000"), ("KWD", 3, "0.0001")],
)
def test_an_amount_that_its_currency_cannot_hold_is_refused(
    currency: str, minor_units: int, amount: str
) -> None:
    with pytest.raises(DocumentError, match=f"{amount} has more decimals than {currency}"):
        formats("fr_FR", currency, minor_units).money(Decimal(amount))


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        ("100.000000000000", "100,00"),
        ("0.203400000000", "0,2034"),
        ("0.000012500000", "0,0000125"),
        ("0.000000000001", "0,000000000001"),
    ],
)
def test_a_price_shows_up_to_12_decimals_and_no_idle_zeros(price: str, expected: str) -> None:
    assert formats().price(Decimal(price)) == expected


def test_a_price_in_yen_needs_no_decimals() -> None:
    assert formats("en_US", "JPY", 0).price(Decimal("120.000000000000")) == "120"


def test_a_quantity_has_no_idle_zeros() -> None:
    assert formats().quantity(Decimal("1250.000000000000")) == f"1{NARROW}250"
    assert formats("en_GB").quantity(Decimal("412.387000000000")) == "412.387"


def test_a_rate_in_percent_keeps_its_decimals() -> None:
    assert formats().percent(Decimal("5.5000")) == f"5,5{NO_BREAK}%"
    assert formats("en_GB").percent(Decimal("20.0000")) == "20%"


def test_the_first_of_a_month_is_1er_in_french_only() -> None:
    assert formats().day(date(2023, 11, 1)) == "1er novembre 2023"
    assert formats().day(date(2023, 11, 11)) == "11 novembre 2023"
    assert formats("en_GB").day(date(2023, 11, 1)) == "1 November 2023"
    assert formats("en_US").day(date(2023, 11, 1)) == "November 1, 2023"


def test_a_half_open_period_is_shown_to_its_last_day() -> None:
    def period(start: date, end: date) -> str:
        return formats("en_GB").period(start, end).replace(THIN, " ")

    assert period(date(2023, 10, 1), date(2023, 11, 1)) == f"1{DASH}31 Oct 2023"
    assert period(date(2023, 10, 15), date(2024, 1, 4)) == f"15 Oct 2023 {DASH} 3 Jan 2024"
    assert period(date(2023, 10, 1), date(2023, 10, 2)) == "1 Oct 2023"
    assert period(date(2023, 10, 1), date(2023, 10, 1)) == "1 Oct 2023"


def test_a_country_is_named_and_an_unknown_one_keeps_its_code() -> None:
    assert formats().country("DE") == "Allemagne"
    assert formats().country("QQ") == "QQ"


def test_a_difference_always_has_its_sign() -> None:
    assert formats().difference(Decimal("1234.5000")) == f"+1{NARROW}234,50"
    assert formats().difference(Decimal("-98.1700")) == "\N{MINUS SIGN}98,17"
    assert formats("en_GB").difference(Decimal(0)) == "0.00"


def test_a_short_day_leaves_out_the_year() -> None:
    assert formats().short_day(date(2023, 11, 8)) == "8 nov."
    assert formats("en_US").short_day(date(2023, 11, 8)) == "Nov 8"
