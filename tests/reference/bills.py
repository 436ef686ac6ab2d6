"""All that should have been billed to a family by a date (the order of a bill, rules 37 to 40)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from .allowances import Covered, Discounted, discounted
from .commitments import Reaching, topped_up
from .families import Family
from .items import Item, ItemKey, worth
from .periods import Span
from .spreads import Taxed, spread
from .terms import Tax, Terms
from .worths import Key, Worth


def should_have_been_billed(
    family: Family,
    terms: Terms,
    taxes_billed: Mapping[Key, Tax],
    standing: Callable[[Worth], Decimal],
    until: date,
) -> dict[Key, Worth]:
    """Line amounts, line allowances, true-ups, invoice allowances.

    `taxes_billed` are those of what was billed and not credited whole, which stay. What hangs
    on a line counts its `standing` amount: what was billed where that is not corrected any
    more. Raises LookupError where billing would hold the family.
    """
    items = worth(family.rows, until)
    lines = list(_discounted_lines(family, terms, items))
    lines += _true_ups(family, terms, standing, until)

    def taxed(line: Worth) -> Taxed:
        tax = tax_of(terms, line, taxes_billed)
        if line.key.level != "true_up":
            line = line._replace(net_amount=standing(line))
        return Taxed(line, tax, described(terms, line.key.item, line.account_id))

    lines += list(spread(family.company, lines, taxed))
    return {line.key: line for line in lines}


def tax_of(terms: Terms, line: Worth, taxes_billed: Mapping[Key, Tax]) -> Tax:
    """A correction has the tax of what it corrects, an allowance that of what it discounts."""
    if line.key.level == "invoice":
        return line.key.tax
    of = Key(line.key.item) if line.key.level == "line" else line.key
    return taxes_billed.get(of) or terms.tax_of(line.key.item, line.group, line.bill_date)


def described(terms: Terms, key: ItemKey, account_id: str) -> Covered:
    """What an allowance may name of an item: a one-time charge has the charge that prices it."""
    landed = terms.one_time_charges.get(key.charge_id)
    charge_id = landed.get("charge_id", "") if landed else key.charge_id
    return Covered(account_id, key.subscription_id, charge_id, key.currency)


def _discounted_lines(
    family: Family, terms: Terms, items: Mapping[ItemKey, Item]
) -> Iterator[Worth]:
    """Every item's own line, and one for each allowance that takes something off it."""
    coverage = {key: described(terms, key, terms.consumer_of(key)) for key in items}
    changed = discounted(family.company, items, coverage)
    for key, item in items.items():
        account_id = coverage[key].account_id
        found = changed.get(key) or Discounted(item.net_amount, {})
        own = Worth(
            key=Key(key),
            account_id=account_id,
            line_type=terms.line_type_of(key),
            service=Span(key.service_start, item.service_end),
            quantity=item.quantity,
            net_amount=found.net_amount,
            bill_date=item.bill_date,
            group=terms.group_of(key, account_id),
        )
        yield own
        for allowance_id, amount in found.taken.items():
            yield own._replace(
                key=Key(key, "line", allowance_id),
                line_type="allowance",
                quantity=Decimal(-1),
                net_amount=-amount,
            )


def _true_ups(
    family: Family, terms: Terms, standing: Callable[[Worth], Decimal], until: date
) -> Iterator[Worth]:
    """What counts is all whose service starts in a period, also what is not due by its end."""
    company = family.company
    if not company.commitments:
        return
    items = worth(family.rows, until, has_begun=True)
    reaching = [
        Reaching(
            line.account_id,
            line.key.item.subscription_id,
            line.key.item.currency,
            line.service.start,
            standing(line),
        )
        for line in _discounted_lines(family, terms, items)
    ]
    for commitment, service, missing, bill_date in topped_up(company, reaching, until):
        key = ItemKey(commitment.subscription_id, "", service.start, commitment.currency)
        yield Worth(
            key=Key(key, "true_up", commitment.commitment_id),
            account_id=commitment.account_id,
            line_type="true_up",
            service=service,
            quantity=Decimal(1),
            net_amount=missing,
            bill_date=bill_date,
            group=terms.group_of(key, commitment.account_id),
        )
