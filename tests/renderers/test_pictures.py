"""The chart of usage and the QR code of a transfer: what they say and when they are drawn."""

from dataclasses import replace
from decimal import Decimal

import pytest

from renderers.chart import HEIGHT, SLOT, drawn
from renderers.document import Document, UsageDay
from renderers.html import render_html
from renderers.transfer_code import is_iban, modules_path, transfer_text
from tests.renderers import samples, special_samples


def by_transfer(**changes: object) -> Document:
    """An invoice of 98.88 euros, paid by transfer, with changes to its header."""
    plain = special_samples.with_chart()
    return replace(plain, header=replace(plain.header, **changes))  # type: ignore[arg-type]


def test_a_transfer_says_what_the_bank_needs() -> None:
    assert transfer_text(special_samples.with_chart()) == "\n".join(
        (
            "BCD",
            "002",
            "1",
            "SCT",
            "ESTUFRP1XXX",
            "Estuaire Services",
            "FR7699999000440000120458726",
            "EUR98.88",
            "",
            "",
            "EST-2023-000077",
        )
    )


def test_a_credit_note_other_currencies_and_methods_have_no_code() -> None:
    assert transfer_text(samples.credit_note()) is None
    assert transfer_text(by_transfer(currency="USD")) is None
    assert transfer_text(by_transfer(payment_method="card")) is None


@pytest.mark.parametrize("amount", ["0", "-1", "1000000000"])
def test_an_amount_that_cannot_be_transferred_has_no_code(amount: str) -> None:
    plain = special_samples.with_chart()
    due = replace(plain.totals, due_amount=Decimal(amount))
    assert transfer_text(replace(plain, totals=due)) is None


@pytest.mark.parametrize("iban", [None, "", "FR7699999000440000120458727", "not an iban"])
def test_an_iban_that_a_bank_would_refuse_has_no_code(iban: str | None) -> None:
    plain = special_samples.with_chart()
    assert transfer_text(replace(plain, seller=replace(plain.seller, iban=iban))) is None


def test_names_cannot_add_lines_and_are_cut_where_the_standard_says() -> None:
    plain = special_samples.with_chart()
    named = replace(plain, seller=replace(plain.seller, name="A\nB " + "x" * 100, bic="?"))
    text = transfer_text(named)
    assert text is not None
    lines = text.split("\n")
    assert len(lines) == 11
    assert lines[4] == ""
    assert lines[5] == "A B " + "x" * 66


def test_an_iban_is_known_by_its_check_digits() -> None:
    assert is_iban("DE89370400440532013000")
    assert not is_iban("DE89370400440532013001")


def test_the_code_has_a_quiet_zone_and_finders() -> None:
    side, path = modules_path("BCD\n002\n1\nSCT")
    assert (side - 8) % 4 == 1  # 17 modules, and 4 for each version
    assert path.startswith("M4 4.5h7M")  # the first finder's upper edge
    assert modules_path("BCD\n002\n1\nSCT") == (side, path)


def test_the_code_names_the_payment_for_who_cannot_see_it() -> None:
    page = render_html(special_samples.with_chart())
    assert "Code QR de virement SEPA\N{NO-BREAK SPACE}: 98,88" in page
    assert "EST-2023-000077</title>" in page
    assert "Code QR" not in render_html(samples.credit_note())


def test_bars_are_as_high_as_their_share_of_the_scale() -> None:
    """22 of 25 is 176 of 200, 10 is 80, 8 of the cycle before is 64."""
    drawing = drawn(special_samples.daily_chart())
    assert drawing.width == 31 * SLOT
    assert (drawing.top, drawing.middle) == (Decimal(25), Decimal("12.5"))
    assert drawing.bars.count("M") == 30
    assert drawing.bars.startswith(f"M10 {HEIGHT}v-80M30 {HEIGHT}v-80M")
    assert f"M210 {HEIGHT}v-176M" in drawing.bars
    assert drawing.previous_bars.count("v-64") == 31
    assert drawing.peak.quantity == 22


@pytest.mark.parametrize(
    ("greatest", "top"),
    [("0.013", "0.015"), ("1", "1"), ("9.1", "10"), ("10.1", "15"), ("4321", "5000")],
)
def test_the_scale_ends_at_a_round_number(greatest: str, top: str) -> None:
    chart = special_samples.daily_chart()
    days = (UsageDay(chart.days[0].day, Decimal(greatest)),)
    assert drawn(replace(chart, days=days)).top == Decimal(top)


def test_what_was_given_back_has_no_bar() -> None:
    chart = special_samples.daily_chart()
    days = (UsageDay(chart.days[0].day, Decimal(-3)), UsageDay(chart.days[1].day, Decimal(2)))
    assert drawn(replace(chart, days=days)).bars.count("M") == 1


def test_a_chart_says_in_words_what_it_shows() -> None:
    page = render_html(special_samples.with_chart())
    for text in ("312 kWh", "248 kWh", "22 kWh, le 11 novembre 2023", "11 nov. 22 kWh;"):
        assert text in page
    assert 'role="img" aria-labelledby="chart-1-title chart-1-days"' in page
    assert "par jour" not in render_html(samples.french_invoice())
