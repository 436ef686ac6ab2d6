"""Allowances on invoices in plain Python: which documents they take from, and how it is spread."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .allowances import Covered, covers, in_order, taken
from .arithmetic import shares
from .items import ItemKey
from .periods import Span
from .records import Allowance, Company
from .terms import Group, Tax
from .worths import Key, Worth

ZERO = Decimal(0)


class Taxed(NamedTuple):
    """An item with its tax, and what an allowance may name of it."""

    worth: Worth
    tax: Tax
    described: Covered


@dataclass(frozen=True)
class Sheet:
    """What should have been billed on one document of a bill date."""

    bill_date: date
    group: Group
    place: int
    items: Sequence[Taxed]

    @property
    def name(self) -> tuple[date, str, str, str, int]:
        """What orders documents, and tells one from another."""
        group = self.group
        return self.bill_date, group.entity_id, group.account_id, group.currency, self.place

    def covered_by(self, company: Company, allowance: Allowance) -> list[Taxed]:
        """The items that an allowance covers on the document's bill date."""
        return [
            item
            for item in self.items
            if covers(company, allowance, item.described, self.bill_date)
        ]


def spread(
    company: Company, worths: Iterable[Worth], taxed: Callable[[Worth], Taxed]
) -> Iterator[Worth]:
    """What allowances take off documents, per category and rate of tax (rules 37 to 39)."""
    allowances = in_order(each for each in company.allowances if each.is_on_invoices)
    if not allowances:
        return
    sheets = list(_sheets(worths, taxed))
    applied: dict[tuple[object, ...], list[Allowance]] = defaultdict(list)
    for allowance in allowances:
        asked = [
            sheet.name
            for sheet in sheets
            if sum((item.worth.net_amount for item in sheet.covered_by(company, allowance)), ZERO)
            > 0
        ]
        # A use is a document, the earliest first.
        for name in sorted(asked)[: allowance.max_uses]:
            applied[name].append(allowance)
    for sheet in sheets:
        yield from _taken_off(company, sheet, applied[sheet.name])


def _sheets(worths: Iterable[Worth], taxed: Callable[[Worth], Taxed]) -> Iterator[Sheet]:
    by_day: dict[tuple[date, str, str, str], dict[Group, list[Worth]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for worth in worths:
        group = worth.group
        day = worth.bill_date, group.entity_id, group.account_id, group.currency
        by_day[day][group].append(worth)
    for (bill_date, *_), groups in by_day.items():
        for place, group in enumerate(sorted(groups), start=1):
            yield Sheet(bill_date, group, place, [taxed(each) for each in groups[group]])


def _taken_off(company: Company, sheet: Sheet, allowances: Sequence[Allowance]) -> Iterator[Worth]:
    """Each takes from what the ones before left, in proportion to what is positive of it."""
    covered = [sheet.covered_by(company, each) for each in allowances]
    # Items of one rate that the same allowances cover are one sum.
    left: dict[tuple[Tax, tuple[int, ...]], Decimal] = defaultdict(Decimal)
    for item in sheet.items:
        scope = tuple(n for n, items in enumerate(covered) if item in items)
        if scope:
            left[item.tax, scope] += item.worth.net_amount
    for number, allowance in enumerate(allowances):
        parts = sorted(part for part in left if number in part[1])
        whole = max(sum((left[part] for part in parts), ZERO), ZERO)
        amount = taken(allowance, whole, sheet.group.currency, Fraction(1))
        by_tax: dict[Tax, Decimal] = defaultdict(Decimal)
        weights = [(part, Fraction(max(left[part], ZERO))) for part in parts]
        for part, share in shares(amount, weights).items():
            left[part] -= share
            by_tax[part[0]] += share
        for tax, share in by_tax.items():
            if share:
                yield _line(allowance, sheet, tax, share, covered[number])


def _line(
    allowance: Allowance, sheet: Sheet, tax: Tax, share: Decimal, covered: Sequence[Taxed]
) -> Worth:
    """The payer's, unless one account consumed all that it covers in that rate."""
    group = sheet.group
    worths = [item.worth for item in covered if item.tax == tax]
    accounts = {worth.account_id for worth in worths}
    return Worth(
        key=Key(
            ItemKey("", "", sheet.bill_date, group.currency),
            "invoice",
            allowance.allowance_id,
            (group.entity_id, group.account_id, sheet.place),
            tax,
        ),
        account_id=accounts.pop() if len(accounts) == 1 else group.account_id,
        line_type="allowance",
        service=Span(
            min(worth.service.start for worth in worths),
            max(worth.service.end for worth in worths),
        ),
        quantity=Decimal(-1),
        net_amount=-share,
        bill_date=sheet.bill_date,
        group=group,
    )
