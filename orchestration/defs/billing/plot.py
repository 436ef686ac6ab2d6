"""A picture of what was billed on each bill date, drawn as SVG for Dagster's pages.

What is computed here is where a bar ends, never an amount that is shown.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape

_SLOT = 76
_HEIGHT = 90
_PANEL = _HEIGHT + 50
_BARS = "#4f46e5"
_INK = "#52525b"  # 7 to 1 on white, 3 to 1 on Dagster's dark page


@dataclass(frozen=True)
class Billed:
    """What was billed on a bill date in one currency, tax included."""

    bill_date: date
    currency: str
    minor_units: int
    amount: Decimal


def markdown_plot(billed: Sequence[Billed]) -> str:
    """The picture as Markdown that holds it whole: a panel for each currency, a bar for each date.

    Without anything billed, a sentence.
    """
    if not billed:
        return "Nothing has been billed yet."
    picture = base64.b64encode(svg_plot(billed).encode()).decode()
    return f"![Billed by bill date](data:image/svg+xml;base64,{picture})"


def svg_plot(billed: Sequence[Billed]) -> str:
    """The picture as a document of its own."""
    dates = sorted({amount.bill_date for amount in billed})
    currencies = sorted({amount.currency for amount in billed})
    width = _SLOT * len(dates)
    panels = [
        _panel(currency, place, dates, [one for one in billed if one.currency == currency])
        for place, currency in enumerate(currencies)
    ]
    height = _PANEL * len(currencies)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11" fill="{_INK}"'
        f' text-anchor="middle"><rect width="{width}" height="{height}" fill="#fff"/>'
        + "".join(panels)
        + "</svg>"
    )


def _panel(currency: str, place: int, dates: Sequence[date], billed: Sequence[Billed]) -> str:
    foot = place * _PANEL + _HEIGHT + 32
    greatest = max(*(abs(one.amount) for one in billed), Decimal(1))
    shapes = [
        f'<text x="4" y="{place * _PANEL + 14}" text-anchor="start" font-weight="bold">'
        f"{escape(currency)}</text>"
    ]
    for one in billed:
        middle = dates.index(one.bill_date) * _SLOT + _SLOT // 2
        height = max(1, int(abs(one.amount) * _HEIGHT / greatest))
        # What was given back is an outline.
        look = f'fill="{_BARS}"' if one.amount >= 0 else f'fill="none" stroke="{_BARS}"'
        shapes.append(
            f'<rect x="{middle - 20}" y="{foot - height}" width="40" height="{height}" {look}/>'
            f'<text x="{middle}" y="{foot - height - 4}">{one.amount:,.{one.minor_units}f}</text>'
            f'<text x="{middle}" y="{foot + 13}">{one.bill_date}</text>'
        )
    return "".join(shapes)
