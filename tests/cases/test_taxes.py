"""Taxes, one-time charges and families are billed as taxes.yml works out by hand.

Every case is a company of its own; all of them are closed together, on three
bill dates, and what a case lands late lands between two of them.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.home import Home
from orchestration.laws import LAWS, Law
from tests.cases.companies import landing
from tests.control_totals.world import World, seller, tax_rate
from tests.renderers.einvoice.judging import assert_all_are_right

CLOSES = ("2025-02-01", "2025-03-01", "2025-04-01")
CHAIN = 150
DEFAULTS: dict[str, dict[str, str]] = {
    "accounts": {
        "entity_id": "fr",
        "name": "Customer",
        "country_code": "FR",
        "billing_anchor": "2025-01-01",
    },
    "subscriptions": {"subscription_id": "s", "starts_on": "2025-02-01"},
    "subscription_changes": {"subscription_id": "s"},
    "usage_events": {"subscription_id": "used", "meter_id": "units"},
}
CHARGES: tuple[tuple[str, dict[str, str], dict[str, str]], ...] = (
    ("monthly", {}, {"EUR": "100", "USD": "110", "GBP": "120"}),
    ("reduced", {"tax_code": "reduced"}, {"EUR": "10.10"}),
    ("zero", {"tax_code": "zero"}, {"EUR": "7"}),
    ("medical", {"tax_code": "medical"}, {"EUR": "30"}),
    ("rising", {"tax_code": "rising"}, {"EUR": "100"}),
    (
        "metered",
        {"tax_code": "rising", "kind": "usage", "meter_id": "units", "timing": "arrears"},
        {"EUR": "1"},
    ),
    ("basic", {"kind": "one_time"}, {"EUR": "50"}),
    ("pro", {"kind": "one_time"}, {"EUR": "70"}),
    ("work", {"kind": "one_time"}, {"EUR": "80", "USD": "90"}),
)


def _chain_of_payers() -> dict[str, Any]:
    """Each account of a long chain is paid for by the one before it."""
    accounts: list[dict[str, str]] = [{"account_id": "1"}]
    accounts += [
        {"account_id": str(place), "payer_account_id": str(place - 1)}
        for place in range(2, CHAIN + 1)
    ]
    call = {"item_id": "1", "account_id": str(CHAIN), "occurred_on": "2025-01-10"}
    return {
        "id": "a-long-chain-of-payers",
        "lands": {
            "2025-02-01": {
                "accounts": accounts,
                "one_time_charges": [{**call, "description": "Call", "amount": "10"}],
            }
        },
        "documents": {"1": {"2025-02-01": [{"taxes": [["S", "20", "10", "2"]]}]}},
        "statements": {str(CHAIN): [["10", "2"]]},
    }


CASES: list[dict[str, Any]] = [
    *yaml.safe_load(Path(__file__).with_name("taxes.yml").read_text(encoding="utf-8"))["cases"],
    _chain_of_payers(),
]

# Currency, taxes by category and rate, and the tax in the seller's currency.
Bill = tuple[str, list[tuple[Any, ...]], tuple[Any, ...]]


@dataclass(frozen=True)
class Found:
    """What the published tables say, by case; who was held by the first close."""

    world: World
    held: dict[str, dict[str, str]]
    documents: dict[str, dict[str, dict[str, list[Bill]]]]
    reasons: dict[str, set[str]]
    statements: dict[str, dict[str, list[tuple[Decimal, Decimal]]]]


def _catalogue(world: World) -> None:
    world.land(
        "billing_entities",
        {**seller("fr", "EUR", "FR"), "vat_id": "FR05012045878"},
        {**seller("ch", "CHF", "CH"), "vat_id": "CHE123456788"},
    )
    rates = [tax_rate(*rate) for rate in (("FR", "20"), ("BE", "21"), ("CH", "8.1"))]
    french = {"country_code": "FR"}
    world.land(
        "tax_rates",
        *rates,
        {**french, "tax_code": "reduced", "rate": "5.5"},
        {**french, "tax_code": "zero", "rate": "0", "category": "Z"},
        {
            **french,
            "tax_code": "medical",
            "rate": "0",
            "category": "E",
            "exemption_reason": "Article 132",
        },
        {**french, "tax_code": "deposit", "rate": "0", "category": "O"},
        {**french, "tax_code": "rising", "rate": "20"},
        {**french, "tax_code": "rising", "rate": "21", "valid_from": "2025-02-15"},
    )
    dollar = {"currency": "USD", "base_currency": "EUR"}
    world.land(
        "exchange_rates",
        {**dollar, "rate": "0.92"},
        {**dollar, "rate": "0.95", "valid_from": "2025-02-20"},
        {**dollar, "rate": "0.97", "valid_from": "2025-03-20"},
    )
    world.land("meters", {"meter_id": "units", "name": "Units", "aggregation": "sum"})
    world.land("plans", *({"plan_id": plan, "name": plan} for plan, _, _ in CHARGES))
    plain = {"name": "Charge", "kind": "recurring", "model": "per_unit", "timing": "advance"}
    world.land(
        "charges",
        *({"charge_id": plan, "plan_id": plan, **plain, **own} for plan, own, _ in CHARGES),
    )
    world.land(
        "prices",
        *(
            {"charge_id": plan, "currency": currency, "unit_price": price}
            for plan, _, prices in CHARGES
            for currency, price in prices.items()
        ),
    )


def _closed(world: World) -> dict[str, dict[str, str]]:
    """Who was held by the first close, and why, by case."""
    first: dict[str, dict[str, str]] = defaultdict(dict)
    for bill_date in CLOSES:
        landed: dict[str, list[dict[str, str]]] = defaultdict(list)
        for table, row in landing(CASES, bill_date, DEFAULTS):
            landed[table].append(row)
        for table, rows in landed.items():
            world.land(table, *rows)
        is_first = bill_date == CLOSES[0]
        held = [
            f"{case['id']}/{account}"
            for case in CASES
            for account in case.get("held", {})
            if is_first or not case.get("mended")
        ]
        world.close(bill_date, held)
        if is_first:
            for account, reason in world.marts("select account_id, reason from held_accounts"):
                case_id, name = account.split("/")
                first[case_id][name] = reason
    return first


@pytest.fixture(scope="module")
def found(new_home: Callable[[], Home]) -> Found:
    """All cases, closed on every bill date."""
    world = World(new_home().root)
    _catalogue(world)
    held = _closed(world)
    documents: dict[str, Any] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    reasons: dict[str, set[str]] = defaultdict(set)
    for account, bill_date, currency, accounting, rate, amount, taxes in world.marts(
        """
        select
            account_id, cast(bill_date as varchar), currency, accounting_currency,
            exchange_rate, any_value(invoices.accounting_tax_amount),
            list(
                (tax_category, tax_rate, taxable_amount, taxes.tax_amount, exemption_reason)
                order by tax_category, tax_rate
            )
        from invoices
        inner join invoice_taxes as taxes using (invoice_id)
        group by
            invoice_id, account_id, bill_date, currency, accounting_currency, exchange_rate
        order by currency, min(tax_category)
        """
    ):
        case_id, payer = account.split("/")
        groups = [tuple(tax[:4]) for tax in taxes]
        documents[case_id][payer][bill_date].append((currency, groups, (accounting, rate, amount)))
        reasons[case_id] |= {tax[4] for tax in taxes if tax[4]}
    statements: dict[str, Any] = defaultdict(lambda: defaultdict(list))
    for account, net, tax in world.marts(
        "select account_id, net_amount, tax_amount from account_statements order by bill_date"
    ):
        case_id, name = account.split("/")
        statements[case_id][name].append((net, tax))
    return Found(world, held, documents, reasons, statements)


def _bill(given: dict[str, Any]) -> Bill:
    taxes = [(tax[0], *(Decimal(value) for value in tax[1:])) for tax in given["taxes"]]
    currency, *amounts = given.get("accounting", [None])
    accounting = (currency, *(Decimal(amount) for amount in amounts)) if amounts else (None,) * 3
    return given.get("currency", "EUR"), taxes, accounting


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_case_is_billed_as_worked_by_hand(case: dict[str, Any], found: Found) -> None:
    expected = {
        payer: {bill_date: [_bill(bill) for bill in bills] for bill_date, bills in dates.items()}
        for payer, dates in case["documents"].items()
    }
    assert found.documents.get(case["id"], {}) == expected
    assert found.held.get(case["id"], {}) == case.get("held", {})
    assert found.reasons.get(case["id"], set()) == set(case.get("reasons", []))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_statement_is_the_share_of_its_account(case: dict[str, Any], found: Found) -> None:
    assert found.statements.get(case["id"], {}) == {
        account: [(Decimal(net), Decimal(tax)) for net, tax in shares]
        for account, shares in case.get("statements", {}).items()
    }


def test_the_report_says_why_there_is_more_than_one_document(found: Found) -> None:
    rows = found.world.marts(
        "select account_id, why_more_than_one from consolidation_report"
        " where bill_date = '2025-03-01' and why_more_than_one is not null order by all"
    )
    family = "a-child-that-gets-a-payer-in-the-middle-of-a-cycle"
    assert rows == [
        (f"{family}/child", "an account with several payers"),
        (f"{family}/payer", "an account with several payers"),
        ("a-customer-that-leaves-the-union/a", "sales outside the scope of VAT"),
    ]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.sentence)
def test_the_laws_hold_after_all_cases(law: Law, found: Found) -> None:
    assert found.world.warehouse(law.violations) == []


def test_every_e_invoice_keeps_the_official_rules(found: Found) -> None:
    assert assert_all_are_right(found.world.home / "warehouse.duckdb", with_french=False) > 0
