"""The picture of what was billed: its bars are as high as the amounts, and say them."""

import base64
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

from orchestration.defs.billing.plot import Billed, markdown_plot, svg_plot

_SVG = "{http://www.w3.org/2000/svg}"
BILLED = [
    Billed(date(2024, 1, 1), "EUR", 2, Decimal("240.00")),
    Billed(date(2024, 1, 1), "JPY", 0, Decimal(5000)),
    Billed(date(2024, 2, 1), "EUR", 2, Decimal("-60.00")),
]


def test_a_bar_is_as_high_as_its_amount_and_what_was_given_back_an_outline() -> None:
    _ground, first, given_back, yen = ET.fromstring(svg_plot(BILLED)).findall(f"{_SVG}rect")
    assert [bar.get("height") for bar in (first, given_back, yen)] == ["90", "22", "90"]
    assert given_back.get("fill") == "none"
    assert first.get("x") == yen.get("x") != given_back.get("x")


def test_amounts_are_written_as_their_currency_writes_them() -> None:
    texts = [text.text for text in ET.fromstring(svg_plot(BILLED)).iter(f"{_SVG}text")]
    in_euros = ["EUR", "240.00", "2024-01-01", "-60.00", "2024-02-01"]
    assert texts == [*in_euros, "JPY", "5,000", "2024-01-01"]


def test_the_picture_stands_in_the_text_itself() -> None:
    text = markdown_plot(BILLED)
    encoded = text.removeprefix("![Billed by bill date](data:image/svg+xml;base64,")
    assert base64.b64decode(encoded.removesuffix(")")).decode() == svg_plot(BILLED)
    assert markdown_plot([]) == "Nothing has been billed yet."
