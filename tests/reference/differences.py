"""A bill's lines: what should have been billed, minus what was billed (rule 43)."""

from decimal import Decimal
from typing import NamedTuple

from .documents import ZERO, Line
from .terms import Tax
from .worths import Worth


class Billed(NamedTuple):
    """What was billed for an item: the first document that did, and the last line."""

    amount: Decimal
    first_number: str
    last_line: Line


def line_of(worth: Worth, tax: Tax, billed: Billed | None) -> Line:
    """What an item is billed at first, or its difference to what was billed (rule 43)."""
    before = billed.amount if billed else ZERO
    sign = Decimal(1 if worth.net_amount > before else -1)
    return Line(
        key=worth.key,
        account_id=worth.account_id,
        line_type="adjustment" if billed else worth.line_type,
        service=worth.service,
        quantity=sign if billed else worth.quantity,
        net_amount=worth.net_amount - before,
        previous_worth=before,
        present_worth=worth.net_amount,
        corrects=billed.first_number if billed else "",
        tax=tax,
    )


def credit_of(billed: Billed) -> Line:
    """What was billed for an item that is no more, with its tax."""
    return billed.last_line._replace(
        line_type="adjustment",
        quantity=Decimal(1 if billed.amount < 0 else -1),
        net_amount=-billed.amount,
        previous_worth=billed.amount,
        present_worth=ZERO,
        corrects=billed.first_number,
    )
