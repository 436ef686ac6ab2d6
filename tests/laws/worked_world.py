"""A small company for the laws: every kind of charge, a family, changes, late and withdrawn usage.

Prepaid credit, commitments and allowances too.

Rows only, by table of the data contract; the tests decide how they become files.
"""

from collections.abc import Iterator
from datetime import date, timedelta

Row = dict[str, str]
Rows = dict[str, list[Row]]

BILL_DATES = ("2024-02-01", "2024-03-01")


def first_rows() -> Rows:
    """What lands before the first close."""
    return {
        "billing_entities": [
            {
                "entity_id": "seller",
                "name": "Seller",
                "country_code": "FR",
                "currency": "EUR",
                "vat_id": "FR00000000000",
            }
        ],
        "tax_rates": [
            {"tax_code": "standard", "country_code": "FR", "rate": "20"},
            {"tax_code": "reduced", "country_code": "FR", "rate": "5.5"},
        ],
        "accounts": [
            _account("parent"),
            _account("child-1", payer_account_id="parent"),
            _account("child-2", payer_account_id="parent", country_code="FR"),
            _account("berlin", country_code="DE", vat_id="DE000000000"),
            _account("zurich", country_code="CH", currency="CHF"),
            _account("split", is_consolidated="false"),
        ],
        "plans": [
            {"plan_id": "gas", "name": "Gas", "service": "Energy"},
            {"plan_id": "seats", "name": "Seats", "service": "Software"},
        ],
        "meters": [
            {"meter_id": "volume", "name": "Volume", "aggregation": "sum", "unit": "m³"},
            {"meter_id": "calls", "name": "Calls", "aggregation": "count"},
        ],
        "charges": [
            _charge("gas-fee", "gas", "recurring", "flat", tax_code="reduced"),
            _charge("gas-use", "gas", "usage", "graduated", meter_id="volume"),
            _charge(
                "gas-peak",
                "gas",
                "usage",
                "per_unit",
                meter_id="volume",
                filters='{"band": "peak"}',
            ),
            _charge("gas-calls", "gas", "usage", "volume", meter_id="calls", included_units="2"),
            _charge("seat", "seats", "recurring", "per_unit"),
            _charge("setup", "seats", "one_time", "flat"),
        ],
        "prices": list(_prices()),
        "subscriptions": [
            _subscription("g1", "child-1", "gas", "2023-12-10"),
            _subscription("g2", "child-2", "gas", "2024-01-17"),
            _subscription("g3", "zurich", "gas", "2024-01-01"),
            _subscription("s1", "parent", "seats", "2024-01-01", quantity="3"),
            _subscription("s2", "berlin", "seats", "2024-01-05", trial_ends_on="2024-01-12"),
            _subscription("s3", "split", "seats", "2024-01-01"),
            _subscription("s4", "split", "seats", "2024-01-20", ends_on="2024-02-10"),
        ],
        "subscription_changes": [
            _change("c1", "s1", "2024-01-15", "quantity", quantity="5"),
            _change("c2", "s3", "2024-01-10", "pause"),
            _change("c3", "s3", "2024-01-20", "resume"),
        ],
        "usage_events": [
            *_usage("g1", date(2023, 12, 10), 52),
            *_usage("g2", date(2024, 1, 10), 20),
            *_usage("g3", date(2024, 1, 1), 31),
            _event("waits", "unknown-subscription", "2024-01-05T00:00:00Z", "1"),
        ],
        "one_time_charges": [
            {
                "item_id": "visit",
                "account_id": "parent",
                "occurred_on": "2024-01-22",
                "description": "Visit",
                "amount": "49.90",
            }
        ],
        "allowances": [
            _allowance("tenth", "10", account_id="parent"),
            _allowance("welcome", "30", account_id="parent", kind="amount", level="invoice"),
            _allowance("once", "25", account_id="split", level="invoice", max_uses="1"),
            _allowance("twice", "5", subscription_id="s1", max_uses="2"),
        ],
        "commitments": [
            _commitment("family", "300", account_id="parent"),
            _commitment("line", "50", subscription_id="g3", currency="CHF"),
            _commitment("year", "1200", account_id="split", period="year"),
        ],
        "prepaid_credits": [
            _lot("old", "parent", "100"),
            _lot("short", "parent", "20.005", expires_on="2024-02-15"),
            _lot("first", "child-1", "15", priority="-1"),
            _lot("berlin", "berlin", "1000"),
            _lot("split", "split", "40"),
            _lot("francs", "zurich", "10", currency="CHF"),
        ],
    }


def late_rows() -> Rows:
    """What becomes known between the two closes: late and withdrawn usage, changes of the past."""
    return {
        "usage_events": [
            _event("late-1", "g1", "2024-01-20T10:00:00Z", "12.5"),
            _event("late-2", "g3", "2024-01-31", "3", band="peak"),
            {"event_id": "g2-2024-01-18", "withdrawn": "true"},
            *_usage("g2", date(2024, 2, 1), 20),
        ],
        "subscription_changes": [
            _change("c4", "s2", "2024-01-25", "cancel"),
            _change("c5", "s1", "2024-01-20", "quantity", quantity="2"),
        ],
        "allowances": [_allowance("tenth", "15", account_id="parent")],
        "commitments": [_commitment("family", "250", account_id="parent")],
        "prepaid_credits": [
            _lot("new", "parent", "30", granted_on="2024-02-20"),
            {"credit_id": "split", "withdrawn": "true"},
        ],
    }


def _account(account_id: str, **columns: str) -> Row:
    return {
        "account_id": account_id,
        "entity_id": "seller",
        "name": account_id.title(),
        "country_code": "FR",
        "billing_anchor": "2024-01-01",
        **columns,
    }


def _charge(charge_id: str, plan_id: str, kind: str, model: str, **columns: str) -> Row:
    return {
        "charge_id": charge_id,
        "plan_id": plan_id,
        "name": charge_id,
        "kind": kind,
        "model": model,
        **columns,
    }


def _prices() -> Iterator[Row]:
    for currency in ("EUR", "CHF"):
        yield _price("gas-fee", currency, flat_price="9.99")
        yield _price("gas-use", currency, to_units="10", unit_price="2")
        yield _price("gas-use", currency, from_units="10", unit_price="3.123456789")
        yield _price("gas-peak", currency, unit_price="0.000001")
        yield _price("gas-calls", currency, to_units="20", unit_price="0.10")
        yield _price("gas-calls", currency, from_units="20", unit_price="0.07")
        yield _price("seat", currency, unit_price="31.00")
        yield _price("setup", currency, flat_price="100")


def _price(charge_id: str, currency: str, **columns: str) -> Row:
    return {"charge_id": charge_id, "currency": currency, **columns}


def _subscription(
    subscription_id: str, account_id: str, plan_id: str, starts_on: str, **columns: str
) -> Row:
    return {
        "subscription_id": subscription_id,
        "account_id": account_id,
        "plan_id": plan_id,
        "starts_on": starts_on,
        **columns,
    }


def _change(
    change_id: str, subscription_id: str, effective_on: str, change: str, **columns: str
) -> Row:
    return {
        "change_id": change_id,
        "subscription_id": subscription_id,
        "effective_on": effective_on,
        "change": change,
        **columns,
    }


def _allowance(allowance_id: str, value: str, **columns: str) -> Row:
    return {"allowance_id": allowance_id, "kind": "percent", "value": value, **columns}


def _commitment(commitment_id: str, amount: str, **columns: str) -> Row:
    return {
        "commitment_id": commitment_id,
        "amount": amount,
        "currency": "EUR",
        "period": "month",
        **columns,
    }


def _lot(credit_id: str, account_id: str, amount: str, **columns: str) -> Row:
    return {
        "credit_id": credit_id,
        "account_id": account_id,
        "amount": amount,
        "currency": "EUR",
        "granted_on": "2024-01-01",
        **columns,
    }


def _usage(subscription_id: str, first: date, days: int) -> Iterator[Row]:
    for number in range(days):
        day = first + timedelta(days=number)
        yield _event(
            f"{subscription_id}-{day}",
            subscription_id,
            f"{day}T22:30:00Z",
            f"{number % 7}.{number:03}",
            band="peak" if number % 3 else "night",
        )
        yield {
            **_event(f"{subscription_id}-{day}-call", subscription_id, f"{day}T12:00:00Z", "1"),
            "meter_id": "calls",
        }


def _event(
    event_id: str, subscription_id: str, occurred_at: str, quantity: str, band: str = "night"
) -> Row:
    return {
        "event_id": event_id,
        "subscription_id": subscription_id,
        "meter_id": "volume",
        "occurred_at": occurred_at,
        "quantity": quantity,
        "properties": f'{{"band": "{band}"}}',
    }
