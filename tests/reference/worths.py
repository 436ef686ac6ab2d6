"""What should be billed, item by item: what is rated, taken off it, and topped up."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .items import ItemKey
from .periods import Span
from .terms import Group, Tax


class Key(NamedTuple):
    """What tells an item from all others.

    A rated item has its own key alone. An allowance and a true-up have the `source_id` of
    their row; one on a line the key of what it discounts, one on an invoice the seller and
    payer, the document's place among those of its day, and the tax (rule 37).
    """

    item: ItemKey
    level: str = ""
    source_id: str = ""
    document: tuple[str, str, int] = ("", "", 0)
    tax: Tax = Tax("", Decimal(0))


class Worth(NamedTuple):
    """An item of a bill date, the group of documents it goes on, and what it is worth."""

    key: Key
    account_id: str
    line_type: str
    service: Span
    quantity: Decimal
    net_amount: Decimal
    bill_date: date
    group: Group
