"""From ledger rows to documents: every field, every sum, whole batches."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from orchestration.defs.billing.ledger import create_ledger
from orchestration.defs.documents import ledger_reader
from orchestration.defs.documents.failure import DocumentFailure
from orchestration.defs.documents.ledger_reader import Selection, count_documents, read_documents
from renderers.document import Address, Commitment, Document, Drawdown, Proration, Tier
from renderers.html import render_html

DOCUMENT = {
    "ledger_position": 1,
    "invoice_id": "i1",
    "invoice_number": "EST-2023-000001",
    "document_type": "invoice",
    "entity_id": "estuaire",
    "account_id": "A",
    "currency": "EUR",
    "minor_units": 2,
    "bill_date": date(2023, 11, 1),
    "issue_date": date(2023, 11, 1),
    "due_date": date(2023, 12, 1),
    "period_start": date(2023, 10, 1),
    "period_end": date(2023, 11, 1),
    "payment_method": "bank_transfer",
    "purchase_order": "",
    "net_amount": "160.00",
    "allowance_amount": 0,
    "tax_amount": "32.00",
    "total_amount": "192.00",
    "prepaid_amount": 0,
    "due_amount": "192.00",
    "bill_run_id": "2023-11-01-1",
    "seller": json.dumps(
        {
            "entity_id": "estuaire",
            "name": "Estuaire",
            "country_code": "FR",
            "currency": "EUR",
            "locale": "fr_FR",
            "city": "Nantes",
            "vat_on_debits": "true",
            "late_penalty_rate": "12.660000000000",
            "recovery_fee": None,
            "terms": "",
            "electronic_address": "0225:012045878",
        }
    ),
    "buyer": json.dumps(
        {
            "account_id": "A",
            "name": "Anna",
            "country_code": "GB",
            "locale": "en_GB",
            "delivery_city": "Leeds",
            "email": "anna@example.test",
            "electronic_address": "",
        }
    ),
}

LINE = {
    "invoice_id": "i1",
    "item_id": "x",
    "account_id": "A",
    "account_name": "Anna",
    "subscription_id": "S-1",
    "charge_id": "C-1",
    "plan_name": "Pro",
    "group_value": "",
    "description": "Seat",
    "line_type": "recurring",
    "service_start": date(2023, 10, 1),
    "service_end": date(2023, 11, 1),
    "quantity": 1,
    "unit": "",
    "unit_price": "100",
    "included_units": 0,
    "proration_numerator": 31,
    "proration_denominator": 31,
    "currency": "EUR",
    "tax_category": "S",
    "tax_rate": 20,
}

BREAKDOWN = json.dumps(
    [
        {
            "tier_start": "0",
            "tier_end": "10",
            "tier_units": "10.000000000000",
            "unit_price": "1.500000000000",
            "flat_price": None,
            "package_size": None,
            "rate": None,
            "tier_amount": "15.000000000000",
        },
        {
            "tier_start": "10",
            "tier_end": None,
            "tier_units": "5",
            "unit_price": None,
            "flat_price": "5",
            "package_size": None,
            "rate": None,
            "tier_amount": "5",
        },
    ]
)


@pytest.fixture
def ledger() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        create_ledger(connection)
        yield connection


def insert(ledger: duckdb.DuckDBPyConnection, table: str, *rows: dict[str, Any]) -> None:
    for row in rows:
        places = ", ".join("?" * len(row))
        ledger.execute(
            f"insert into ledger.{table} ({', '.join(row)}) values ({places})",
            list(row.values()),
        )


def insert_family(ledger: duckdb.DuckDBPyConnection) -> None:
    """A payer and its child, two services: Mobile 100 + 20, Cloud 40."""
    insert(ledger, "documents", DOCUMENT)
    child = {"account_id": "B", "account_name": "Ben"}
    insert(
        ledger,
        "lines",
        {**LINE, "line_id": "1", "line_number": 1, "service": "Mobile", "net_amount": 100},
        {**LINE, "line_id": "2", "line_number": 2, "service": "Cloud", "net_amount": 40},
        {**LINE, **child, "line_id": "3", "line_number": 3, "service": "Mobile", "net_amount": 20},
    )
    insert(
        ledger,
        "taxes",
        {
            "ledger_position": 1,
            "invoice_id": "i1",
            "tax_category": "S",
            "tax_rate": 20,
            "taxable_amount": 160,
            "tax_amount": 32,
        },
    )


def read_one(ledger: duckdb.DuckDBPyConnection) -> Document:
    (document,) = read_documents(ledger, Selection())
    assert isinstance(document, Document)
    return document


def test_lines_stand_by_service_and_account_with_their_sums(
    ledger: duckdb.DuckDBPyConnection,
) -> None:
    insert_family(ledger)
    mobile, cloud = read_one(ledger).sections
    assert (mobile.service, mobile.net_amount) == ("Mobile", Decimal(120))
    assert [(a.account_name, a.net_amount) for a in mobile.accounts] == [
        ("Anna", Decimal(100)),
        ("Ben", Decimal(20)),
    ]
    assert (cloud.service, cloud.net_amount, len(cloud.accounts)) == ("Cloud", Decimal(40), 1)
    assert {line.charge_id for line in cloud.accounts[0].lines} == {"C-1"}


def test_tax_in_the_sellers_currency_is_carried(ledger: duckdb.DuckDBPyConnection) -> None:
    dollars = {
        "currency": "USD",
        "accounting_currency": "EUR",
        "exchange_rate": "0.92",
        "accounting_tax_amount": "29.44",
    }
    insert(ledger, "documents", {**DOCUMENT, **dollars})
    totals = read_one(ledger).totals
    assert (totals.accounting_currency, totals.exchange_rate) == ("EUR", Decimal("0.92"))
    assert totals.accounting_tax_amount == Decimal("29.44")


def test_the_account_is_not_named_when_the_payer_consumed_all(
    ledger: duckdb.DuckDBPyConnection,
) -> None:
    insert(ledger, "documents", DOCUMENT)
    insert(ledger, "lines", {**LINE, "line_number": 1, "service": None, "net_amount": 1})
    (section,) = read_one(ledger).sections
    assert section.service is None
    assert [account.account_name for account in section.accounts] == [None]


def test_parties_are_as_they_were_at_issue(ledger: duckdb.DuckDBPyConnection) -> None:
    insert_family(ledger)
    document = read_one(ledger)
    assert document.header.locale == "en_GB"
    assert document.header.purchase_order is None
    assert document.seller.late_penalty_rate == Decimal("12.66")
    assert document.seller.recovery_fee is None
    assert document.seller.is_vat_on_debits
    assert document.seller.terms is None
    assert document.seller.electronic_address == "0225:012045878"
    assert document.buyer.email == "anna@example.test"
    assert document.buyer.electronic_address is None
    assert document.buyer.delivery_address == Address(city="Leeds", country_code="GB")
    assert "Ben" in render_html(document)


def test_a_buyer_without_a_locale_reads_the_seller_s(ledger: duckdb.DuckDBPyConnection) -> None:
    buyer = json.dumps({"account_id": "A", "name": "Anna", "locale": None})
    insert(ledger, "documents", {**DOCUMENT, "buyer": buyer})
    document = read_one(ledger)
    assert document.header.locale == "fr_FR"
    assert document.buyer.delivery_address is None


def test_a_part_of_a_period_and_tiers_are_carried(ledger: duckdb.DuckDBPyConnection) -> None:
    insert(ledger, "documents", DOCUMENT)
    partial = {
        "service_start": date(2023, 10, 10),
        "proration_numerator": 22,
        "included_units": 300,
        "price_breakdown": BREAKDOWN,
        "unit_price": None,
    }
    insert(ledger, "lines", {**LINE, **partial, "line_number": 1, "net_amount": 20})
    (line,) = read_one(ledger).sections[0].accounts[0].lines
    assert line.proration == Proration(22, 31)
    assert line.unit_price is None
    assert line.included_units == 300
    assert line.tiers == (
        Tier(Decimal(0), Decimal(10), Decimal(10), Decimal("1.5"), None, Decimal(15)),
        Tier(Decimal(10), None, Decimal(5), None, Decimal(5), Decimal(5)),
    )


def test_days_that_are_not_those_of_the_calendar_are_told_apart(
    ledger: duckdb.DuckDBPyConnection,
) -> None:
    insert(ledger, "documents", DOCUMENT)
    february = {"service_start": date(2021, 2, 27), "service_end": date(2021, 3, 1)}
    strict = {**february, "proration_numerator": 4, "proration_denominator": 30}
    insert(ledger, "lines", {**LINE, **strict, "line_number": 1, "net_amount": 1})
    (line,) = read_one(ledger).sections[0].accounts[0].lines
    assert line.proration == Proration(4, 30, has_calendar_days=False)


def test_a_line_without_included_units_says_nothing_of_them(
    ledger: duckdb.DuckDBPyConnection,
) -> None:
    insert(ledger, "documents", DOCUMENT)
    insert(ledger, "lines", {**LINE, "line_number": 1, "net_amount": 1})
    assert read_one(ledger).sections[0].accounts[0].lines[0].included_units is None


def test_an_adjustment_names_what_it_corrects(ledger: duckdb.DuckDBPyConnection) -> None:
    note = {
        **DOCUMENT,
        "ledger_position": 2,
        "invoice_id": "i2",
        "invoice_number": "EST-AV-2023-000001",
        "document_type": "credit_note",
    }
    insert(ledger, "documents", DOCUMENT, note)
    adjustment = {
        "invoice_id": "i2",
        "line_type": "adjustment",
        "corrects_invoice_id": "i1",
        "previous_worth": 100,
        "present_worth": "45.16",
    }
    insert(ledger, "lines", {**LINE, **adjustment, "line_number": 1, "net_amount": "-54.84"})
    (found,) = read_documents(ledger, Selection(invoice_number="EST-AV-2023-000001"))
    assert isinstance(found, Document)
    correction = found.sections[0].accounts[0].lines[0].correction
    assert correction is not None
    assert (correction.number, correction.issue_date) == ("EST-2023-000001", date(2023, 11, 1))
    assert (correction.previous_worth, correction.present_worth) == (
        Decimal(100),
        Decimal("45.16"),
    )


def test_what_credit_paid_is_told_lot_by_lot(ledger: duckdb.DuckDBPyConnection) -> None:
    insert(ledger, "documents", DOCUMENT)
    lot = {"invoice_id": "i1", "currency": "EUR"}
    insert(
        ledger,
        "drawdowns",
        {
            **lot,
            "ledger_position": 2,
            "credit_id": "WELCOME",
            "drawn_amount": "17.72",
            "balance_amount": "21.28",
            "expires_on": date(2024, 1, 1),
        },
        {
            **lot,
            "ledger_position": 1,
            "credit_id": "GIFT",
            "description": "Gift card",
            "drawn_amount": "10",
            "balance_amount": "0",
        },
    )
    (found,) = read_documents(ledger, Selection())
    assert isinstance(found, Document)
    assert found.drawdowns == (
        Drawdown("GIFT", "Gift card", Decimal(10), Decimal(0)),
        Drawdown("WELCOME", None, Decimal("17.72"), Decimal("21.28"), date(2024, 1, 1)),
    )


def test_a_true_up_says_what_was_reached_and_what_is_missing(
    ledger: duckdb.DuckDBPyConnection,
) -> None:
    insert(ledger, "documents", DOCUMENT)
    true_up = {
        **LINE,
        "line_number": 1,
        "line_type": "true_up",
        "net_amount": "50.00",
        "pricing_basis": "commitment",
        "price_breakdown": json.dumps(
            {
                "committed_amount": "170.0000",
                "reached_amount": "120.0000",
                "missing_amount": "50.0000",
            }
        ),
    }
    insert(ledger, "lines", true_up)
    (found,) = read_documents(ledger, Selection())
    assert isinstance(found, Document)
    line = found.sections[0].accounts[0].lines[0]
    assert line.commitment == Commitment(Decimal(170), Decimal(120), Decimal(50))
    assert (line.tiers, line.pricing_basis) == ((), None)


def test_documents_come_in_order_of_issue_across_batches(
    ledger: duckdb.DuckDBPyConnection,
) -> None:
    count = 2 * ledger_reader.BATCH_SIZE + 1
    for position in range(1, count + 1):
        number = f"EST-2023-{position:06}"
        row = {**DOCUMENT, "ledger_position": position, "invoice_id": number}
        insert(ledger, "documents", {**row, "invoice_number": number})
    numbers = [
        document.header.number
        for document in read_documents(ledger, Selection())
        if isinstance(document, Document)
    ]
    assert numbers == sorted(numbers)
    assert len(numbers) == count == count_documents(ledger, Selection())


def test_a_selection_narrows_to_a_run_or_a_number(ledger: duckdb.DuckDBPyConnection) -> None:
    other = {
        **DOCUMENT,
        "ledger_position": 2,
        "invoice_id": "i2",
        "invoice_number": "EST-2023-000002",
        "bill_run_id": "2023-12-01-1",
    }
    insert(ledger, "documents", DOCUMENT, other)
    assert count_documents(ledger, Selection(bill_run_id="2023-12-01-1")) == 1
    assert count_documents(ledger, Selection(invoice_number="EST-2023-000001")) == 1
    assert count_documents(ledger, Selection("2023-12-01-1", "EST-2023-000001")) == 0
    assert count_documents(ledger, Selection(invoice_ids=["i2", "i9"])) == 1
    assert count_documents(ledger, Selection(invoice_ids=[])) == 0


@pytest.mark.parametrize("seller", ["{}", "not json", '{"entity_id": "e", "name": 1'])
def test_a_document_that_cannot_be_read_is_named_and_the_next_is_read(
    ledger: duckdb.DuckDBPyConnection, seller: str
) -> None:
    second = {
        **DOCUMENT,
        "ledger_position": 2,
        "invoice_id": "i2",
        "invoice_number": "EST-2023-000002",
    }
    insert(ledger, "documents", {**DOCUMENT, "seller": seller}, second)
    broken, whole = read_documents(ledger, Selection())
    assert isinstance(broken, DocumentFailure)
    assert broken.invoice_number == "EST-2023-000001"
    assert isinstance(whole, Document)


def test_reading_leaves_the_connection_free(ledger: duckdb.DuckDBPyConnection) -> None:
    insert_family(ledger)
    documents = read_documents(ledger, Selection())
    ledger.execute("select 1")
    document = next(documents)
    assert isinstance(document, Document)
    assert replace(document) == document


def test_what_is_taken_off_the_whole_stands_apart(ledger: duckdb.DuckDBPyConnection) -> None:
    """150.00 less 5.00 on a line and 10.00 on the invoice."""
    totals = {"net_amount": "135.00", "allowance_amount": "10.00"}
    insert(ledger, "documents", {**DOCUMENT, **totals})
    discount = {**LINE, "line_type": "allowance", "quantity": -1, "allowance_id": "x"}
    on_line = {"allowance_level": "line", "service": "Mobile", "net_amount": -5}
    on_invoice = {"allowance_level": "invoice", "description": "Welcome", "net_amount": -10}
    insert(
        ledger,
        "lines",
        {**LINE, "line_id": "1", "line_number": 1, "service": "Mobile", "net_amount": 150},
        {**discount, **on_line, "line_id": "2", "line_number": 2},
        {**discount, **on_invoice, "line_id": "3", "line_number": 3},
    )
    found = read_one(ledger)
    (section,) = found.sections
    assert section.net_amount == Decimal(145)
    assert [line.net_amount for line in section.accounts[0].lines] == [150, -5]
    (allowance,) = found.allowances
    assert (allowance.description, allowance.net_amount) == ("Welcome", Decimal(-10))
    assert found.totals.lines_amount == Decimal(145)


@pytest.mark.parametrize(("net", "explains"), [("70.97", True), ("70.96", False)])
def test_a_part_explains_an_amount_that_is_its_product(
    ledger: duckdb.DuckDBPyConnection, net: str, explains: bool
) -> None:
    """100.00 for 22 of 31 days are 70.9677: 70.97; a cent less has another reason."""
    insert(ledger, "documents", DOCUMENT)
    part = {"service_start": date(2023, 10, 10), "proration_numerator": 22}
    insert(ledger, "lines", {**LINE, **part, "line_number": 1, "net_amount": net})
    (line,) = read_one(ledger).sections[0].accounts[0].lines
    assert line.proration == Proration(22, 31, explains_amount=explains)
