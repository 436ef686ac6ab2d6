"""What a document tells beside its lines: changes, usage by day, a balance that was carried."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from orchestration.defs.billing.ledger import create_ledger
from orchestration.defs.documents.ledger_reader import Selection, read_documents
from renderers.document import AccountTotal, Document, ServiceChange, UsageDay
from tests.renderers.test_ledger_reader import DOCUMENT, LINE, insert, insert_family

OCTOBER, NOVEMBER, DECEMBER = date(2023, 10, 1), date(2023, 11, 1), date(2023, 12, 1)
FIRST = {**DOCUMENT, "invoice_group": "", "own_subscription_id": ""}
SECOND = {
    **FIRST,
    "ledger_position": 2,
    "invoice_id": "i2",
    "invoice_number": "EST-2023-000002",
    "bill_date": DECEMBER,
    "issue_date": DECEMBER,
    "period_start": NOVEMBER,
    "period_end": DECEMBER,
    "total_amount": "150.00",
}


@pytest.fixture
def issued() -> Iterator[duckdb.DuckDBPyConnection]:
    """A ledger with nothing in it yet."""
    with duckdb.connect() as connection:
        create_ledger(connection)
        yield connection


def second(ledger: duckdb.DuckDBPyConnection) -> Document:
    """The second document."""
    (found,) = read_documents(ledger, Selection(invoice_number="EST-2023-000002"))
    assert isinstance(found, Document)
    return found


def bill(ledger: duckdb.DuckDBPyConnection, invoice_id: str, **services: str) -> None:
    """A line for each service, with its amount."""
    for number, (service, amount) in enumerate(services.items(), start=1):
        line_id = f"{invoice_id}-{number}"
        where = {"invoice_id": invoice_id, "line_id": line_id, "line_number": number}
        insert(ledger, "lines", {**LINE, **where, "service": service, "net_amount": amount})


def use(
    ledger: duckdb.DuckDBPyConnection,
    invoice_id: str,
    start: date,
    end: date,
    quantities: list[int],
    **changes: Any,
) -> None:
    """A usage line, and what was used on each of its first days."""
    line_id = changes.pop("line_id", f"{invoice_id}-usage")
    line = {
        **LINE,
        "invoice_id": invoice_id,
        "line_id": line_id,
        "line_number": 9,
        "line_type": "usage",
        "charge_id": "energy",
        "description": "Energy",
        "service": "Electricity",
        "unit": "kWh",
        "service_start": start,
        "service_end": end,
        "quantity": sum(quantities),
        "net_amount": 10,
    }
    insert(ledger, "lines", line | changes)
    at = datetime(2023, 1, 1, tzinfo=UTC)
    for day, quantity in enumerate(quantities):
        row = {"line_id": line_id, "meter_id": "energy", "usage_date": start + timedelta(days=day)}
        events = {"event_count": 1, "first_event_at": at, "last_event_at": at}
        insert(ledger, "usage", row | events | {"quantity": quantity})


def test_services_are_compared_with_the_document_before(
    issued: duckdb.DuckDBPyConnection,
) -> None:
    """192.00, then 150.00: mobile 100 to 60, cloud ends at 40, software begins at 65."""
    insert(issued, "documents", FIRST, SECOND)
    bill(issued, "i1", Mobile="100", Cloud="40", Same="20")
    bill(issued, "i2", Mobile="60", Software="65", Same="20")
    compared = second(issued).comparison
    assert compared is not None
    assert (compared.number, compared.issue_date) == ("EST-2023-000001", NOVEMBER)
    assert compared.previous_total_amount == 192
    assert compared.difference_amount == -42
    assert compared.changes == (
        ServiceChange("Software", None, Decimal(65), Decimal(65)),
        ServiceChange("Cloud", Decimal(40), None, Decimal(-40)),
        ServiceChange("Mobile", Decimal(100), Decimal(60), Decimal(-40)),
    )


def test_a_document_like_the_one_before_says_that_nothing_changed(
    issued: duckdb.DuckDBPyConnection,
) -> None:
    insert(issued, "documents", FIRST, {**SECOND, "total_amount": FIRST["total_amount"]})
    bill(issued, "i1", Mobile="160")
    bill(issued, "i2", Mobile="160")
    compared = second(issued).comparison
    assert compared is not None
    assert compared.difference_amount == 0
    assert compared.changes == ()


def test_only_the_five_greatest_differences_are_told(issued: duckdb.DuckDBPyConnection) -> None:
    insert(issued, "documents", FIRST, SECOND)
    bill(issued, "i1", **{f"S{n}": "10" for n in range(1, 8)})
    bill(issued, "i2", **{f"S{n}": f"{10 + n}" for n in range(1, 8)})
    compared = second(issued).comparison
    assert compared is not None
    assert [change.service for change in compared.changes] == ["S7", "S6", "S5", "S4", "S3"]


@pytest.mark.parametrize(
    "other",
    [
        {"account_id": "B"},
        {"entity_id": "e"},
        {"currency": "USD"},
        {"invoice_group": "site 2"},
        {"own_subscription_id": "S-9"},
        {"payment_method": "card"},
        {"document_type": "credit_note"},
        {"bill_date": DECEMBER},
    ],
)
def test_a_document_of_another_group_is_no_measure(
    issued: duckdb.DuckDBPyConnection, other: dict[str, Any]
) -> None:
    insert(issued, "documents", {**FIRST, **other}, SECOND)
    bill(issued, "i1", Mobile="100")
    bill(issued, "i2", Mobile="60")
    assert second(issued).comparison is None


def test_the_first_document_and_a_credit_note_are_compared_with_nothing(
    issued: duckdb.DuckDBPyConnection,
) -> None:
    insert(issued, "documents", FIRST, {**SECOND, "document_type": "credit_note"})
    bill(issued, "i1", Mobile="100")
    bill(issued, "i2", Mobile="-100")
    comparisons = [
        found.comparison
        for found in read_documents(issued, Selection())
        if isinstance(found, Document)
    ]
    assert comparisons == [None, None]


def test_usage_stands_beside_the_cycle_before_day_by_day(
    issued: duckdb.DuckDBPyConnection,
) -> None:
    """November has 30 days, October 31: the last place has a day of October alone."""
    insert(issued, "documents", FIRST, SECOND)
    use(issued, "i1", OCTOBER, NOVEMBER, [2] * 31)
    use(issued, "i2", NOVEMBER, DECEMBER, [3, 0, 5] * 10)
    (chart,) = second(issued).charts
    assert (chart.service, chart.description, chart.unit) == ("Electricity", "Energy", "kWh")
    assert (chart.period_start, chart.period_end) == (NOVEMBER, DECEMBER)
    assert chart.quantity == 80
    assert (chart.previous_start, chart.previous_end) == (OCTOBER, NOVEMBER)
    assert chart.previous_quantity == 62
    assert len(chart.days) == 31
    assert chart.days[0] == UsageDay(NOVEMBER, Decimal(3), OCTOBER, Decimal(2))
    assert chart.days[30] == UsageDay(None, None, date(2023, 10, 31), Decimal(2))


def test_usage_known_later_does_not_change_a_chart(issued: duckdb.DuckDBPyConnection) -> None:
    """4 late units of October stand on the second document, 8 more on a third."""
    third = {"ledger_position": 3, "invoice_id": "i3", "invoice_number": "EST-2023-000003"}
    insert(issued, "documents", FIRST, SECOND, {**SECOND, **third})
    use(issued, "i1", OCTOBER, NOVEMBER, [2] * 31)
    use(issued, "i2", NOVEMBER, DECEMBER, [3] * 30)
    for invoice_id, late in (("i2", 4), ("i3", 8)):
        adjustment = {"line_id": f"late-{invoice_id}", "line_type": "adjustment"}
        use(issued, invoice_id, OCTOBER, NOVEMBER, [late], **adjustment)
    (chart,) = second(issued).charts
    assert chart.previous_quantity == 66
    assert chart.days[0].previous_quantity == 6


def test_lines_of_one_charge_are_one_chart(issued: duckdb.DuckDBPyConnection) -> None:
    insert(issued, "documents", SECOND)
    for place in ("a", "b"):
        own = {"line_id": place, "subscription_id": f"S-{place}"}
        use(issued, "i2", NOVEMBER, DECEMBER, [1] * 30, **own)
    (chart,) = second(issued).charts
    assert chart.quantity == 60
    assert chart.days[0].quantity == 2
    assert chart.previous_start is None


@pytest.mark.parametrize(
    ("quantities", "changes"),
    [
        ([1] * 6, {}),  # too few days
        ([1] * 30, {"quantity": 31}),  # a level, or rounded: days do not add up to it
        ([0] * 30, {}),
        ([1] * 30, {"service_end": date(2024, 11, 1)}),  # a year of days
        ([1] * 30, {"line_type": "adjustment"}),
    ],
)
def test_what_days_do_not_explain_has_no_chart(
    issued: duckdb.DuckDBPyConnection, quantities: list[int], changes: dict[str, Any]
) -> None:
    insert(issued, "documents", SECOND)
    use(issued, "i2", NOVEMBER, DECEMBER, quantities, **changes)
    assert second(issued).charts == ()


def test_the_charge_with_the_greatest_amount_is_drawn(issued: duckdb.DuckDBPyConnection) -> None:
    insert(issued, "documents", SECOND)
    use(issued, "i2", NOVEMBER, DECEMBER, [1] * 30, line_id="a", charge_id="a", net_amount=5)
    more = {"line_id": "b", "charge_id": "b", "net_amount": 9, "description": "More"}
    use(issued, "i2", NOVEMBER, DECEMBER, [1] * 30, **more)
    assert [chart.description for chart in second(issued).charts] == ["More"]


def test_a_family_has_a_total_for_each_account(issued: duckdb.DuckDBPyConnection) -> None:
    insert_family(issued)
    (found,) = read_documents(issued, Selection())
    assert isinstance(found, Document)
    assert found.account_totals == (
        AccountTotal("Anna", Decimal(140)),
        AccountTotal("Ben", Decimal(20)),
    )


def carried(ledger: duckdb.DuckDBPyConnection, policy: str, settled_on: date, net: str) -> Document:
    """A close of November that issued nothing, then an invoice with an adjustment."""
    seller = json.dumps({**json.loads(str(FIRST["seller"])), "negative_invoice": policy})
    insert(ledger, "documents", {**SECOND, "seller": seller})
    adjustment = {"line_type": "adjustment", "previous_worth": 0, "present_worth": 0}
    where = {"invoice_id": "i2", "line_number": 1, "service": "Mobile", "net_amount": net}
    insert(ledger, "lines", {**LINE, **adjustment, **where})
    close = {"account_id": "A", "bill_date": NOVEMBER, "settled_on": settled_on}
    insert(ledger, "closed_cycles", {**close, "ledger_position": 1})
    return second(ledger)


def test_a_balance_says_from_which_close_it_was_carried(
    issued: duckdb.DuckDBPyConnection,
) -> None:
    assert carried(issued, "carry_forward", OCTOBER, "-54.84").carried_from == NOVEMBER


@pytest.mark.parametrize(
    ("policy", "settled_on", "net"),
    [
        ("credit_note", OCTOBER, "-54.84"),
        ("carry_forward", NOVEMBER, "-54.84"),
        ("carry_forward", OCTOBER, "54.84"),
    ],
)
def test_without_a_balance_nothing_was_carried(
    issued: duckdb.DuckDBPyConnection, policy: str, settled_on: date, net: str
) -> None:
    assert carried(issued, policy, settled_on, net).carried_from is None


def test_a_cycle_that_ended_before_the_document_s_period_has_no_chart(
    issued: duckdb.DuckDBPyConnection,
) -> None:
    """October's usage on November's invoice is not what the reader looks for."""
    insert(issued, "documents", SECOND)
    use(issued, "i2", OCTOBER, NOVEMBER, [1] * 31)
    assert second(issued).charts == ()
