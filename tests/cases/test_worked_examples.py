"""The product answers the worked examples of other billing systems.

All of them live in one warehouse, each as an account, and are billed by the
same three closes; what an example lands late lands between two of them.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from orchestration.home import Home
from tests.audit.explained import lines_that_do_not_hold
from tests.cases.worked_examples import TABLES, Example, Rows, examples, table, tax_rates
from tests.control_totals.world import World, seller

CLOSES = ("2025-02-01", "2025-03-01", "2026-07-01")
EXAMPLES = examples()

Line = tuple[date, date, Decimal]
# Account and unrounded worth, by item.
Rated = dict[str, tuple[str, Decimal]]


@dataclass(frozen=True)
class Answers:
    """What a warehouse says, by account."""

    lines: dict[str, list[Line]]
    exact_amounts: dict[str, Decimal]
    documents: dict[str, dict[str, list[Decimal]]]
    bills: dict[str, dict[str, list[Decimal]]]
    totals: dict[str, list[list[Decimal]]]
    payments: dict[str, dict[str, list[list[Decimal]]]]
    balances: dict[str, list[Decimal]]

    @classmethod
    def of(cls, world: World, rated: Rated) -> "Answers":
        """Everything that the examples ask about, read once."""
        lines: dict[str, list[Line]] = defaultdict(list)
        for account, *line in world.marts(
            "select account_id, service_start, service_end, net_amount from marts.invoice_lines"
        ):
            lines[account].append((line[0], line[1], line[2]))
        documents: dict[str, dict[str, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
        bills: dict[str, dict[str, list[Decimal]]] = defaultdict(dict)
        totals: dict[str, list[list[Decimal]]] = defaultdict(list)
        for account, bill_date, *amounts in world.marts(
            """
            select account_id, bill_date, net_amount, tax_amount, total_amount
            from marts.invoices
            order by all
            """
        ):
            documents[account][str(bill_date)].append(amounts[0])
            bills[account][str(bill_date)] = amounts
            totals[account].append(amounts)
        payments: dict[str, dict[str, list[list[Decimal]]]] = defaultdict(lambda: defaultdict(list))
        for account, bill_date, *amounts in world.marts(
            """
            select account_id, bill_date, total_amount, prepaid_amount, due_amount
            from marts.invoices
            order by all
            """
        ):
            payments[account][str(bill_date)].append(amounts)
        balances: dict[str, list[Decimal]] = defaultdict(list)
        for account, balance in world.marts(
            """
            select account_id, balance_amount from marts.prepaid_balances
            where next_event_on = date '9999-12-31'
            order by credit_id
            """
        ):
            balances[account].append(balance)
        exact: dict[str, Decimal] = defaultdict(Decimal)
        for account, amount in rated.values():
            exact[account] += amount
        return cls(lines, exact, documents, bills, totals, payments, balances)


def _rated(world: World) -> Rated:
    """What the last close rated: not what was settled before it."""
    rows = world.warehouse(
        "select item_id, account_id, exact_amount from intermediate.int_items_rated"
        " where exact_amount is not null"
    )
    return {item: (account, amount) for item, account, amount in rows}


def _seller(zone: str) -> dict[str, str]:
    """A French seller whose days are those of the zone."""
    return {**seller(zone, "EUR", "FR"), "timezone": zone, "vat_id": "FR05012045878"}


@pytest.fixture(scope="module")
def closed(new_home: Callable[[], Home]) -> tuple[World, Rated]:
    world = World(new_home().root)
    zones = {example.given.get("account", {}).get("timezone", "UTC") for example in EXAMPLES}
    world.land("billing_entities", *(_seller(zone) for zone in sorted(zones)))
    world.land("tax_rates", *tax_rates(EXAMPLES))
    landing: dict[str, Rows] = defaultdict(lambda: defaultdict(list))
    for example in EXAMPLES:
        for lands_before, rows in example.rows().items():
            for table_name, table_rows in rows.items():
                landing[lands_before or CLOSES[0]][table_name] += table_rows
    rated: Rated = {}
    for bill_date in CLOSES:
        for table_name, table_rows in landing[bill_date].items():
            world.land(table_name, *table_rows)
        world.close(bill_date)
        rated |= _rated(world)
    return world, rated


@pytest.fixture(scope="module")
def answers(closed: tuple[World, Rated]) -> Answers:
    return Answers.of(*closed)


def _exact_amount(example: Example, answers: Answers) -> str:
    """The unrounded worth, once it is seen that the lines are its rounding."""
    exact = answers.exact_amounts.get(example.example_id, Decimal(0))
    rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    currency = example.given.get("account", {}).get("currency", "EUR")
    if currency == "JPY":
        rounded = exact.quantize(Decimal(1), ROUND_HALF_UP)
    lines = sum((line[2] for line in answers.lines[example.example_id]), Decimal(0))
    assert lines == rounded == Decimal(example.given.get("net_amount", rounded))
    return f"{exact:f}"


def _lines(example: Example, answers: Answers) -> list[list[str]]:
    until = example.given.get("until", "9999-12-31")
    return sorted(
        [str(start), str(end), str(amount)]
        for start, end, amount in answers.lines[example.example_id]
        if str(start) <= until
    )


def _windows(example: Example, answers: Answers) -> list[dict[str, str]]:
    """Those of the expected windows that are there."""
    lines = answers.lines[example.example_id]
    starts, ends = ({str(line[side]) for line in lines} for side in (0, 1))
    both = {(str(start), str(end)) for start, end, _ in lines}
    return [
        window
        for window in example.given["windows"]
        if window.get("start") in starts | {None}
        and window.get("end") in ends | {None}
        and (len(window) == 1 or (window["start"], window["end"]) in both)
    ]


def _completed(example: Example, answers: Answers) -> dict[str, Any]:
    by = example.given["completed"]["by"]
    ended = [line for line in answers.lines[example.example_id] if str(line[1]) <= by]
    return {"by": by, "periods": len(ended)}


def _documents(example: Example, answers: Answers) -> dict[str, list[str]]:
    return {
        bill_date: [str(amount) for amount in amounts]
        for bill_date, amounts in answers.documents[example.example_id].items()
    }


def _bills(example: Example, answers: Answers) -> dict[str, list[str]]:
    return {
        bill_date: [str(amount) for amount in amounts]
        for bill_date, amounts in answers.bills[example.example_id].items()
    }


def _totals(example: Example, answers: Answers) -> list[str]:
    (document,) = answers.totals[example.example_id]
    return [str(amount) for amount in document]


def _payments(example: Example, answers: Answers) -> dict[str, list[list[str]]]:
    return {
        bill_date: [[str(amount) for amount in amounts] for amounts in documents]
        for bill_date, documents in answers.payments[example.example_id].items()
    }


def _balances(example: Example, answers: Answers) -> list[str]:
    return [str(balance) for balance in answers.balances[example.example_id]]


READ = {
    "exact_amount": _exact_amount,
    "lines": _lines,
    "windows": _windows,
    "completed": _completed,
    "documents": _documents,
    "bills": _bills,
    "totals": _totals,
    "payments": _payments,
    "balances": _balances,
}


def _numbers(value: Any) -> Any:
    """The same, with numbers for what reads as one: 49.0000 is 49.00."""
    if isinstance(value, dict):
        return {key: _numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    text = str(value)
    return Decimal(text) if text.lstrip("-").replace(".", "", 1).isdigit() else text


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.example_id)
def test_the_answer_is_the_one_of_the_example(example: Example, answers: Answers) -> None:
    found = {name: READ[name](example, answers) for name in example.expected}
    assert _numbers(found) == _numbers(example.expected)


def test_every_line_adds_up_from_its_rows_and_events(closed: tuple[World, Rated]) -> None:
    """A fourth of the documents; all of them take 20 seconds."""
    count, broken = lines_that_do_not_hold(Home(closed[0].home), every=4)
    assert count > 200
    assert broken == []


@pytest.mark.parametrize("name", TABLES)
def test_no_example_is_dropped_in_silence(name: str) -> None:
    content = table(name)
    answered = [case["id"] for case in content["cases"]]
    not_asked = content["elsewhere"]
    assert len({*answered, *not_asked}) == len(answered) + len(not_asked) == TABLES[name]
    assert all(not_asked.values())
    assert all(example.expected for example in EXAMPLES)
