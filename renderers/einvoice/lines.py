"""Lines as EN 16931 writes them (BG-25): each with its discounts, period and attributes.

A discount of a line stands on the document as a line below it; here it is an
allowance (BG-27) of that line, where the line itself is on the document and is an
amount to pay. Else it stays a line of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from renderers.document import AccountLines, Document, Line
from renderers.einvoice.prices import Price, priced
from renderers.einvoice.units import is_named
from renderers.einvoice.vat import has_rate
from renderers.einvoice.xml import clean, cleaned, exact, plain
from renderers.formats import Formats
from renderers.wording import Catalogue

DISCOUNT = "95"  # UNTDID 5189


@dataclass(frozen=True, slots=True)
class LineAllowance:
    """BG-27, its amount positive."""

    amount: str
    reason: str


@dataclass(frozen=True, slots=True)
class ItemLine:
    """BG-25: `net_amount` (BT-131) is price x quantity less the allowances."""

    line_id: str
    note: str | None
    name: str
    seller_item_id: str | None
    attributes: tuple[tuple[str, str], ...]
    price: Price
    allowances: tuple[LineAllowance, ...]
    net_amount: str
    category: str
    rate: Decimal | None
    first_day: date | None
    last_day: date | None


def item_lines(document: Document, words: Catalogue, formats: Formats) -> tuple[ItemLine, ...]:
    """The lines of a document as shown, in its order."""
    return tuple(
        _item_line(
            line,
            allowances,
            account_name=account.account_name,
            minor_units=document.header.minor_units,
            words=words,
            formats=formats,
        )
        for section in document.sections
        for account in section.accounts
        for line, allowances in _with_allowances(account)
    )


def _with_allowances(account: AccountLines) -> Iterator[tuple[Line, list[Line]]]:
    """Each line with the discounts that stand under it."""
    line: Line | None = None
    allowances: list[Line] = []
    for following in account.lines:
        if line is not None and _is_allowance_of(following, line):
            allowances.append(following)
            continue
        if line is not None:
            yield line, allowances
        line, allowances = following, []
    if line is not None:
        yield line, allowances


def _is_allowance_of(allowance: Line, line: Line) -> bool:
    return (
        allowance.line_type == "allowance"
        and line.line_type not in {"allowance", "adjustment"}
        and allowance.net_amount < 0 < line.net_amount
        and _item(allowance) == _item(line)
    )


def _item(line: Line) -> tuple[object, ...]:
    return (
        line.subscription_id,
        line.charge_id,
        line.group_value,
        line.service_start,
        line.service_end,
        line.tax_category,
        line.tax_rate,
    )


def _item_line(
    line: Line,
    allowances: list[Line],
    *,
    account_name: str | None,
    minor_units: int,
    words: Catalogue,
    formats: Formats,
) -> ItemLine:
    price = priced(line.quantity, line.unit, line.unit_price, line.net_amount, minor_units)
    net_amount = sum((allowance.net_amount for allowance in allowances), line.net_amount)
    start, end = line.service_start, line.service_end
    return ItemLine(
        line_id=str(line.line_number),
        note=_note(line, words, formats),
        name=clean(line.description) or clean(line.plan_name) or str(line.line_number),
        seller_item_id=cleaned(line.charge_id),
        attributes=tuple(_attributes(line, price, account_name, words)),
        price=price,
        allowances=tuple(
            LineAllowance(
                exact(allowance.net_amount.copy_negate(), minor_units),
                clean(allowance.description) or words.text("line_type.allowance"),
            )
            for allowance in allowances
        ),
        net_amount=exact(net_amount, minor_units),
        category=line.tax_category,
        rate=line.tax_rate if has_rate(line.tax_category) else None,
        first_day=start,
        last_day=max(start, end - timedelta(days=1)) if start and end else None,
    )


def _note(line: Line, words: Catalogue, formats: Formats) -> str | None:
    """BT-127: which document an adjustment corrects, where it is known."""
    corrected = line.correction
    if corrected is None or not corrected.number or corrected.issue_date is None:
        return None
    date_shown = formats.day(corrected.issue_date)
    return words.text("correction.document", number=corrected.number, date=date_shown)


def _attributes(
    line: Line, price: Price, account_name: str | None, words: Catalogue
) -> Iterator[tuple[str, str]]:
    """BG-32: what the line is of; the real quantity and unit where the price shows others."""
    values = {
        "plan": line.plan_name,
        "subscription": line.subscription_id,
        "group": line.group_value,
        "account": account_name,
        "quantity": None if price.is_whole_story else _real_quantity(line),
        "unit": line.unit if price.is_whole_story and not is_named(line.unit) else None,
    }
    for name, value in values.items():
        if shown := clean(value):
            yield words.text(f"item.{name}"), shown


def _real_quantity(line: Line) -> str | None:
    if line.quantity is None:
        return line.unit
    return f"{plain(line.quantity)} {line.unit or ''}"
