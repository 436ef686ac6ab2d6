"""Prepaid credit never pays more than a lot has or a document asks, in any order of landing.

Hypothesis draws customers with lots, commitments and charges, some of which are taken back
later. Each is landed twice, the second time in the opposite order, and three closes bill them
all. What the ledger's documents drew is worked out again here, cent by cent (rule 45), and so
is what the periods of each commitment were topped up by (rule 40).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from orchestration.home import Home
from tests.control_totals.world import World, seller, tax_rate
from tests.reference.commitments import true_ups
from tests.reference.periods import Grid, Span, length

CLOSES = ("2024-02-01", "2024-03-01", "2024-04-01")
START = date(2024, 1, 1)
PRORATIONS = ("actual", "actual_360", "strict_360", "none", "free")
PERIODS = ("month", "quarter", "2 months", "week", "10 days")
CUSTOMERS = 60
NEVER = date(9999, 12, 31)
GROUPS = ("a", "b")
COUNTS = {1: "first", 2: "second"}

Row = dict[str, str]
# Document, lot and, of a give-back, the document that drew: cents.
Drawdowns = dict[tuple[str, str, str], int]


class Customer(NamedTuple):
    """Charges as cents, day, group and the close before which they are taken back; lots.

    Commitments as cents, period, whose, the first day and how many there are.
    """

    charges: list[tuple[int, int, str, str]]
    lots: list[tuple[int, int, int, int]]
    commitments: list[tuple[int, str, str, int, int]]


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
    commitments = st.tuples(
        st.integers(1, 9000),
        st.sampled_from(PERIODS),
        st.sampled_from(["", *GROUPS]),
        st.integers(-20, 50),
        st.integers(1, 100),
    )
    return st.builds(
        Customer,
        st.lists(charges, min_size=2, max_size=8),
        st.lists(lots, min_size=1, max_size=4),
        st.lists(commitments, max_size=2),
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


def rows(name: str, entity_id: str, customer: Customer) -> Iterator[tuple[str, str, Row]]:
    """Every row with its table and the close before which it lands."""
    first = CLOSES[0]
    account = {"account_id": name, "entity_id": entity_id, "name": name, "country_code": "FR"}
    yield "accounts", first, {**account, "billing_anchor": str(START)}
    for group in GROUPS:
        subscription = {"account_id": name, "plan_id": "free", "starts_on": str(START)}
        key = {"subscription_id": f"{name}/{group}", "invoice_group": group}
        yield "subscriptions", first, {**key, **subscription}
    for place, (amount, day, group, taken_back) in enumerate(customer.charges):
        key = {"item_id": f"{name}/{place}"}
        charge = {
            "account_id": name,
            "subscription_id": f"{name}/{group}",
            "occurred_on": str(START + timedelta(days=day)),
            "description": "Charge",
            "amount": euros(amount),
        }
        yield "one_time_charges", first, {**key, **charge}
        if taken_back:
            yield "one_time_charges", taken_back, {**key, "withdrawn": "true"}
    for place, (amount, priority, granted, days) in enumerate(customer.lots):
        granted_on = START + timedelta(days=granted)
        lot = {"credit_id": f"{name}/{place}", "account_id": name, "currency": "EUR"}
        terms = {"amount": euros(amount), "priority": str(priority), "granted_on": str(granted_on)}
        # A long life is one without an end.
        expires_on = str(granted_on + timedelta(days=days)) if days < 100 else ""
        yield "prepaid_credits", first, {**lot, **terms, "expires_on": expires_on}
    for place, (amount, period, group, after, days) in enumerate(customer.commitments):
        starts_on = START + timedelta(days=after)
        commitment = {
            "commitment_id": f"{name}/{place}",
            "account_id": "" if group else name,
            "subscription_id": f"{name}/{group}" if group else "",
            "amount": euros(amount),
            "currency": "EUR",
            "period": period,
        }
        ends_on = str(starts_on + timedelta(days=days)) if days < 80 else ""
        yield "commitments", first, {**commitment, "starts_on": str(starts_on), "ends_on": ends_on}


def euros(amount: int) -> str:
    """Cents as the contract has them."""
    return str(Decimal(amount).scaleb(-2))


@pytest.fixture(scope="module")
def world(new_home: Callable[[], Home]) -> World:
    """All customers, closed three times."""
    world = World(new_home().root)
    for rule in PRORATIONS:
        given = {**seller(rule, "EUR", "FR"), "vat_id": "FR05012045878", "proration": rule}
        world.land("billing_entities", given)
    world.land("tax_rates", tax_rate("FR", "20"))
    world.land("plans", {"plan_id": "free", "name": "Free"})
    landing: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for number in range(CUSTOMERS):
        customer, rule = drawn_customer(number), PRORATIONS[number % len(PRORATIONS)]
        for count, name in COUNTS.items():
            drawn = [*rows(f"{name}-{number}", rule, customer)]
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
        place = invoice_id, credit_id, drawn_by
        self.drawdowns[place] = self.drawdowns.get(place, 0) + amount


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
    for *place, amount in world.warehouse(
        "select invoice_id, credit_id, coalesce(drawn_by_invoice_id, ''), drawn_amount"
        " from ledger.drawdowns"
    ):
        found[place[0], place[1], place[2]] = cents(amount)
    assert found == expected(world)
    # What was drawn says something of each kind.
    given_back = [place for place, amount in found.items() if amount < 0]
    assert min(len(given_back), len(found) - len(given_back)) > 20


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
        having
            sum(drawn_amount) not between 0 and max(granted_amount)
            or min(balance_amount) < 0
        """
    )
    assert overdrawn == []


def topped_up(customer: Customer, rule: str) -> Iterator[tuple[str, Span, Decimal]]:
    """What each period that ended was topped up by, and whose it is."""
    cycles, last = Grid(START, length("month")), date.fromisoformat(CLOSES[-1])
    for amount, period, group, after, days in customer.commitments:
        starts_on = START + timedelta(days=after)
        ends_on = starts_on + timedelta(days=days) if days < 80 else NEVER - timedelta(days=400)
        if ends_on <= START:
            continue

        def reached(service: Span, group: str = group) -> Decimal:
            held = [
                cents
                for cents, day, of_group, taken_back in customer.charges
                if not taken_back
                and group in {"", of_group}
                and service.start <= START + timedelta(days=day) < service.end
            ]
            return Decimal(sum(held)).scaleb(-2)

        lasting = Span(max(starts_on, START), min(ends_on, last + timedelta(days=400)))
        committed = Fraction(amount, 100)
        for service, missing in true_ups(
            committed, "EUR", length(period), rule, cycles, lasting, reached
        ):
            if missing and cycles.boundary_from(service.end) <= last:
                yield group, service, missing


@pytest.mark.slow
def test_every_period_is_topped_up_to_what_was_committed(world: World) -> None:
    found: dict[str, dict[tuple[str, Span], Decimal]] = defaultdict(dict)
    for account, subscription, start, end, amount in world.warehouse(
        """
        with items as (
            select
                account_id, coalesce(subscription_id, '') as subscription_id, service_start,
                service_end, sum(net_amount) as net_amount
            from ledger.lines
            group by item_id, account_id, subscription_id, service_start, service_end
            having bool_or(line_type = 'true_up')
        )

        select
            account_id, subscription_id, service_start, service_end, sum(net_amount)
        from items
        group by all
        having sum(net_amount) != 0
        """
    ):
        found[account][subscription.partition("/")[2], Span(start, end)] = amount
    for number in range(CUSTOMERS):
        expected_amounts: dict[tuple[str, Span], Decimal] = defaultdict(Decimal)
        rule = PRORATIONS[number % len(PRORATIONS)]
        for group, service, missing in topped_up(drawn_customer(number), rule):
            expected_amounts[group, service] += missing
        for name in COUNTS.values():
            assert found[f"{name}-{number}"] == expected_amounts, (number, rule)
    assert sum(map(len, found.values())) > 60
