"""Draws what becomes of rows after they landed: withdrawn, sent twice, corrected, out of date."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from tests.reference.catalogues import Cells
from tests.reference.happenings import DAYS

from .stories import EVENT_KEYS, Fact

PRICES = ("0.5", "1", "2.345", "10", "0.123456789012", "0")
RATES = ("1.5", "0.0000000001", "60")
AMOUNTS = ("unit_price", "flat_price", "rate", "fixed_per_event")


def corrected(chance: random.Random, facts: Sequence[Fact], steps: int) -> Iterator[Fact]:
    """More facts about the rows of these; no two versions of one row land together."""
    taken = {(fact.step, fact.key) for fact in facts}
    for _ in range(chance.randint(0, 6)):
        fact = chance.choice(facts)
        happening = chance.choice(HAPPENINGS.get(fact.table, (_sent_again,)))
        for told in happening(chance, fact, chance.randrange(steps)):
            if fact.table in EVENT_KEYS or (told.step, told.key) not in taken:
                taken.add((told.step, told.key))
                yield told


def recalendared(chance: random.Random, facts: Sequence[Fact], steps: int) -> Iterator[Fact]:
    """Accounts of which the calendar or the currency changes in the middle of the story."""
    accounts = [fact for fact in facts if fact.table == "accounts"]
    taken = {(fact.step, fact.key) for fact in accounts}
    for fact in chance.sample(accounts, chance.randint(0, min(2, len(accounts)))):
        step = chance.randrange(steps)
        column, values = chance.choice(
            (
                ("billing_anchor", ("2024-01-15", "2024-02-29", "2024-03-31")),
                ("billing_period", ("month", "quarter", "week", "10 days")),
                ("currency", sorted({each.row["currency"] for each in accounts})),
            )
        )
        if (step, fact.key) not in taken:
            yield Fact(step, fact.table, {**fact.row, column: chance.choice(values)})


def _sent_again(_: random.Random, fact: Fact, step: int) -> Iterator[Fact]:
    # A reference row that comes again is its latest version.
    if fact.table in EVENT_KEYS:
        yield Fact(step, fact.table, fact.row)


def _withdrawn(_: random.Random, fact: Fact, step: int) -> Iterator[Fact]:
    key = EVENT_KEYS[fact.table]
    yield Fact(step, fact.table, {key: fact.row[key], "withdrawn": "true"})


def _repriced(chance: random.Random, fact: Fact, step: int) -> Iterator[Fact]:
    given = [column for column in AMOUNTS if fact.row.get(column)]
    if given:
        column = chance.choice(given)
        price = chance.choice(RATES if column == "rate" else PRICES)
        # Once in a while from a day on, which leaves a gap where there are more tiers.
        valid_from = chance.choice((*DAYS, *[fact.row["valid_from"]] * 30))
        yield from _changed(chance, fact, step, {column: price, "valid_from": valid_from})


def _moved(chance: random.Random, fact: Fact, step: int) -> Iterator[Fact]:
    starts_on = date.fromisoformat(fact.row["starts_on"])
    later = str(starts_on + timedelta(days=chance.choice((-31, -3, 1, 15, 40, 75))))
    column = chance.choice(("starts_on", "ends_on", "ends_on", "trial_ends_on"))
    if chance.random() < 0.2:
        later = ""
        column = "ends_on"
    yield from _changed(chance, fact, step, {column: later})


def _resized(chance: random.Random, fact: Fact, step: int) -> Iterator[Fact]:
    yield from _changed(chance, fact, step, {"quantity": chance.choice(("0", "1", "4", "2.5"))})


def _regrouped(chance: random.Random, fact: Fact, step: int) -> Iterator[Fact]:
    column, value = chance.choice(
        (
            ("purchase_order", "PO-9"),
            ("payment_method", "card"),
            ("payment_terms_days", "60"),
            ("invoice_group" if fact.table == "subscriptions" else "is_consolidated", "false"),
        )
    )
    yield from _changed(chance, fact, step, {column: value})


def _recharged(chance: random.Random, fact: Fact, step: int) -> Iterator[Fact]:
    if fact.row["model"] not in {"dynamic", "percentage"}:
        column = chance.choice(("minimum_amount", "included_units", "tax_code"))
        value = "reduced" if column == "tax_code" else chance.choice(("", "3", "0.5"))
        is_pointless = column == "included_units" and fact.row["model"] == "flat"
        if not is_pointless and not fact.row.get("maximum_amount"):
            yield from _changed(chance, fact, step, {column: value})


def _retimed(chance: random.Random, fact: Fact, step: int) -> Iterator[Fact]:
    if fact.row["kind"] == "recurring":
        timing = "arrears" if fact.row["timing"] == "" else ""
        yield from _changed(chance, fact, step, {"timing": timing})


def _remeasured(chance: random.Random, fact: Fact, step: int) -> Iterator[Fact]:
    column, value = chance.choice((("divisor", "2"), ("rounding", "up"), ("carries_over", "true")))
    if fact.row["aggregation"] != "sum":
        yield from _changed(chance, fact, step, {column: value})


def _relocated(chance: random.Random, fact: Fact, step: int) -> Iterator[Fact]:
    column, value = chance.choice(
        (("country_code", "DE"), ("country_code", "FR"), ("vat_id", ""), ("is_tax_exempt", "true"))
    )
    yield from _changed(chance, fact, step, {column: value})


def _revalued(chance: random.Random, fact: Fact, step: int) -> Iterator[Fact]:
    column = "value" if fact.table == "allowances" else "amount"
    yield from _changed(chance, fact, step, {column: chance.choice(("7", "25", "60"))})


def _redated(chance: random.Random, fact: Fact, step: int) -> Iterator[Fact]:
    first, last = sorted(chance.sample(DAYS, 2))
    column, value = chance.choice((("starts_on", first), ("ends_on", last)))
    yield from _changed(chance, fact, step, {column: value})


def _used_otherwise(chance: random.Random, fact: Fact, step: int) -> Iterator[Fact]:
    yield from _changed(chance, fact, step, {"max_uses": chance.choice(("", "1", "2"))})


def _repoliced(chance: random.Random, fact: Fact, step: int) -> Iterator[Fact]:
    column, value = chance.choice(
        (("negative_invoice", "carry_forward"), ("negative_invoice", ""), ("grace_days", "1"))
    )
    yield from _changed(chance, fact, step, {column: value})


def _rerated(chance: random.Random, fact: Fact, step: int) -> Iterator[Fact]:
    if fact.row["rate"] != "0":
        yield from _changed(chance, fact, step, {"rate": chance.choice(("8.5", "3"))})


def _changed(chance: random.Random, fact: Fact, step: int, cells: Cells) -> Iterator[Fact]:
    """Another version of a row; the later one holds unless it says that it is older."""
    row = {**fact.row, **cells}
    if chance.random() < 0.2:
        yield Fact(step, fact.table, {**row, "updated_at": "2024-02-01T00:00:00Z"})
    else:
        yield Fact(step, fact.table, row)


Happening = Callable[[random.Random, Fact, int], Iterator[Fact]]
HAPPENINGS: dict[str, tuple[Happening, ...]] = {
    "usage_events": (_withdrawn, _sent_again),
    "subscription_changes": (_withdrawn, _sent_again),
    "one_time_charges": (_withdrawn, _sent_again),
    "prices": (_repriced,),
    "subscriptions": (_moved, _moved, _resized, _regrouped),
    "accounts": (_regrouped, _relocated),
    "charges": (_recharged, _retimed),
    "meters": (_remeasured,),
    "billing_entities": (_repoliced,),
    "tax_rates": (_rerated,),
    "allowances": (_revalued, _redated, _used_otherwise),
    "commitments": (_revalued, _redated),
    "prepaid_credits": (_withdrawn, _sent_again),
}
