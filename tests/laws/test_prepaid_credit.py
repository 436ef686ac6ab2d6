"""Prepaid credit never pays more than a lot has or a document asks, in any order of landing.

Hypothesis draws customers with lots and with charges, some of which are taken back later. Each
is landed twice, the second time in the opposite order, and three closes bill them all. What
the ledger's documents drew is worked out again here, cent by cent (rule 45).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from orchestration.home import Home
from tests.control_totals.world import World, seller, tax_rate

CLOSES = ("2024-02-01", "2024-03-01", "2024-04-01")
CUSTOMERS = 60
NEVER = date(9999, 12, 31)
GROUPS = ("a", "b")
COUNTS = {1: "first", 2: "second"}

Row = dict[str, str]
# Document, lot and, of a give-back, the document that drew: cents and what the lot has left.
Drawdowns = dict[tuple[str, str, str], tuple[int, int]]


class Customer(NamedTuple):
    """Charges as cents, day, group and the close before which they are taken back; lots."""

    charges: list[tuple[int, int, str, str]]
    lots: list[tuple[int, int, int, int]]


def customers() -> st.SearchStrategy[Customer]:
    """Small amounts, so that lots run out in the middle of documents."""
    charges = st.tuples(
        st.integers(1, 3000),
        st.integers(0, 89),
        st.sampled_from(GROUPS),
        st.sampled_from(["", *CLOSES]),
    )
    lots = st.tuples(
        st.integers(1, 5000), st.integers(-1, 1), st.integers(-40, 60), st.integers(1, 120)
    )
    return st.builds(
        Customer,
        st.lists(charges, min_size=2, max_size=8),
        st.lists(lots, min_size=1, max_size=4),
    )


def drawn_customer(number: int) -> Customer:
    """The customer of a seed."""
    examples: list[Customer] = []

    @seed(number)
    @settings(
        max_examples=3,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(customers())
    def draw(customer: Customer) -> None:
        examples.append(customer)

    draw()
    return examples[-1]


def rows(name: str, customer: Customer) -> Iterator[tuple[str, str, Row]]:
    """Every row with its table and the close before which it lands."""
    first, start = CLOSES[0], date(2024, 1, 1)
    account = {"account_id": name, "entity_id": "seller", "name": name, "country_code": "FR"}
    yield "accounts", first, {**account, "billing_anchor": str(start)}
    for group in GROUPS:
        subscription = {"subscription_id": f"{name}/{group}", "account_id": name, "plan_id": "free"}
        yield (
            "subscriptions",
            first,
            {
                **subscription,
                "starts_on": str(start),
                "invoice_group": group,
            },
        )
    for place, (cents, day, group, taken_back) in enumerate(customer.charges):
        key = {"item_id": f"{name}/{place}"}
        charge = {
            "account_id": name,
            "subscription_id": f"{name}/{group}",
            "occurred_on": str(start + timedelta(days=day)),
            "description": "Charge",
            "amount": str(Decimal(cents).scaleb(-2)),
        }
        yield "one_time_charges", first, {**key, **charge}
        if taken_back:
            yield "one_time_charges", taken_back, {**key, "withdrawn": "true"}
    for place, (cents, priority, granted, days) in enumerate(customer.lots):
        granted_on = start + timedelta(days=granted)
        lot = {"credit_id": f"{name}/{place}", "account_id": name, "currency": "EUR"}
        # A long life is one without an end.
        expires_on = str(granted_on + timedelta(days=days)) if days < 100 else ""
        yield (
            "prepaid_credits",
            first,
            {
                **lot,
                "amount": str(Decimal(cents).scaleb(-2)),
                "priority": str(priority),
                "granted_on": str(granted_on),
                "expires_on": expires_on,
            },
        )


@pytest.fixture(scope="module")
def world(new_home: Callable[[], Home]) -> World:
    """All customers, closed three times."""
    world = World(new_home().root)
    world.land("billing_entities", {**seller("seller", "EUR", "FR"), "vat_id": "FR05012045878"})
    world.land("tax_rates", tax_rate("FR", "20"))
    world.land("plans", {"plan_id": "free", "name": "Free"})
    landing: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for number in range(CUSTOMERS):
        customer = drawn_customer(number)
        for count, name in COUNTS.items():
            drawn = [*rows(f"{name}-{number}", customer)]
            for table, bill_date, row in drawn if count == 1 else reversed(drawn):
                landing[bill_date, table].append(row)
    for bill_date in CLOSES:
        for (lands_before, table), of_table in landing.items():
            if lands_before == bill_date:
                world.land(table, *of_table)
        world.close(bill_date)
    return world


def cents(amount: Decimal) -> int:
    """Exactly so many."""
    whole = amount.scaleb(2)
    assert whole == int(whole), amount
    return int(whole)


@dataclass
class Credit:
    """What the lots of everybody have left, and what each document drew, lot by lot."""

    lots: dict[str, dict[str, Any]]
    left: dict[str, int]
    drawn: dict[str, list[list[Any]]] = field(default_factory=lambda: defaultdict(list))
    drawdowns: Drawdowns = field(default_factory=dict)

    def give_back(self, note: dict[str, Any], billed_by: dict[str, str]) -> None:
        """To what the corrected documents drew, the latest first, as far as the note takes back."""
        budget, base, worth_before = -note["total"], 0, 0
        for item_id, net in note["lines"]:
            drew = billed_by.get(item_id, "")
            if net >= 0 or not note["open"].get(drew):
                continue
            base -= net
            tax = (Decimal(base) / 5).quantize(Decimal(1), ROUND_HALF_UP)
            worth, worth_before = base + int(tax) - worth_before, base + int(tax)
            worth = min(worth, budget)
            budget -= worth
            for entry in reversed(self.drawn[drew]):
                back = min(worth, entry[1])
                if back:
                    entry[1] -= back
                    worth -= back
                    self._move(note["invoice_id"], entry[0], drew, -back)

    def pay(self, invoice: dict[str, Any]) -> None:
        """By priority, then expiry, then age."""
        bill_date = invoice["bill_date"]
        usable = [
            (lot["priority"], lot["expires_on"] or NEVER, lot["granted_on"], credit_id)
            for credit_id, lot in self.lots.items()
            if lot["account_id"] == invoice["account_id"]
            and lot["granted_on"] <= bill_date < (lot["expires_on"] or NEVER)
        ]
        asked = invoice["total"]
        for *_, credit_id in sorted(usable):
            paid = min(asked, self.left[credit_id])
            if paid:
                asked -= paid
                self.drawn[invoice["invoice_id"]].append([credit_id, paid])
                self._move(invoice["invoice_id"], credit_id, "", paid)

    def _move(self, invoice_id: str, credit_id: str, drawn_by: str, amount: int) -> None:
        self.left[credit_id] -= amount
        before, _ = self.drawdowns.get((invoice_id, credit_id, drawn_by), (0, 0))
        place = invoice_id, credit_id, drawn_by
        self.drawdowns[place] = before + amount, self.left[credit_id]


def named(world: World, query: str) -> list[dict[str, Any]]:
    """Rows of the warehouse as text, by column."""
    names = query.partition(" from ")[0].removeprefix("select ").split(", ")
    return [dict(zip(names, row, strict=True)) for row in world.warehouse(query)]


def expected(world: World) -> Drawdowns:
    """What the issued documents should have drawn."""
    lots = {
        row["credit_id"]: row
        for row in named(
            world,
            "select credit_id, account_id, amount, priority, granted_on, expires_on"
            " from staging.stg_prepaid_credits",
        )
    }
    credit = Credit(lots, {key: cents(lot["amount"]) for key, lot in lots.items()})
    documents = named(
        world,
        "select invoice_id, account_id, bill_date, total_amount"
        " from ledger.documents order by ledger_position",
    )
    lines: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in named(
        world, "select invoice_id, item_id, net_amount from ledger.lines order by ledger_position"
    ):
        lines[row["invoice_id"]].append((row["item_id"], cents(row["net_amount"])))
    billed_by: dict[str, str] = {}
    for bill_date in CLOSES:
        run = [row for row in documents if str(row["bill_date"]) == bill_date]
        still_open = {
            invoice: any(left for _, left in entries) for invoice, entries in credit.drawn.items()
        }
        for document in run:
            document |= {"total": cents(document["total_amount"]), "open": still_open}
            document["lines"] = lines[document["invoice_id"]]
        for document in run:
            if document["total"] < 0:
                credit.give_back(document, billed_by)
        for document in run:
            if document["total"] > 0:
                credit.pay(document)
            for item_id, _ in document["lines"]:
                billed_by.setdefault(item_id, document["invoice_id"])
    return credit.drawdowns


@pytest.mark.slow
def test_credit_is_drawn_and_given_back_to_the_cent(world: World) -> None:
    found: Drawdowns = {}
    for invoice_id, credit_id, drawn_by, amount, balance in world.warehouse(
        "select invoice_id, credit_id, coalesce(drawn_by_invoice_id, ''), drawn_amount,"
        " balance_amount from ledger.drawdowns order by ledger_position"
    ):
        found[invoice_id, credit_id, drawn_by] = cents(amount), cents(balance)
    assert found == expected(world)
    # What was drawn says something of each kind.
    amounts = [amount for amount, _ in found.values()]
    assert min(sum(amount > 0 for amount in amounts), sum(amount < 0 for amount in amounts)) > 20
    assert all(balance >= 0 for _, balance in found.values())


@pytest.mark.slow
def test_credit_is_drawn_alike_in_any_order_of_landing(world: World) -> None:
    drawn: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for account, credit, *amounts in world.warehouse(
        """
        select
            documents.account_id, drawdowns.credit_id, documents.bill_date,
            documents.invoice_group, documents.total_amount, drawdowns.drawn_amount,
            drawdowns.balance_amount
        from ledger.drawdowns
        inner join ledger.documents on drawdowns.invoice_id = documents.invoice_id
        order by documents.bill_date, drawdowns.ledger_position
        """
    ):
        drawn[account].append((credit.split("/")[1], *amounts))
    for number in range(CUSTOMERS):
        first, second = (drawn[f"{name}-{number}"] for name in COUNTS.values())
        assert sorted(first) == sorted(second)


@pytest.mark.slow
def test_no_lot_and_no_document_is_overdrawn(world: World) -> None:
    overdrawn = world.warehouse(
        """
        select invoice_number from ledger.documents
        where
            prepaid_amount not between least(total_amount, 0) and greatest(total_amount, 0)
            or due_amount <> total_amount - prepaid_amount
        union all
        select credit_id from ledger.drawdowns
        group by credit_id
        having sum(drawn_amount) not between 0 and max(granted_amount)
        """
    )
    assert overdrawn == []
