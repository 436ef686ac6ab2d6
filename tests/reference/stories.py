"""A company in a few words, for tests that work one number by hand."""

import json
from datetime import date
from decimal import Decimal

from .items import worth
from .records import Row

Table = list[Row]
Amounts = list[tuple[str, str]]

# Two units of money for each of the first ten, three for each beyond.
UP_TO_TEN = (
    {"from_units": "0", "to_units": "10", "unit_price": "2"},
    {"from_units": "10", "unit_price": "3"},
)


class Story:
    """A company of one plan in EUR and UTC, monthly from the 1st, and what it is told."""

    def __init__(self, **account: str) -> None:
        self.rows: dict[str, Table] = {
            "billing_entities": [{"entity_id": "seller", "currency": "EUR", "timezone": "UTC"}]
        }
        self.account("payer", **{"billing_anchor": "2024-01-01", **account})

    def add(self, table: str, **row: str) -> "Story":
        """One more row."""
        self.rows.setdefault(table, []).append(row)
        return self

    def account(self, account_id: str, **account: str) -> "Story":
        """An account of the seller."""
        return self.add("accounts", account_id=account_id, entity_id="seller", **account)

    def charge(self, model: str, *tiers: dict[str, str], **charge: str) -> "Story":
        """A recurring charge with its prices."""
        row = {"charge_id": "fee", "plan_id": "plan", "kind": "recurring", "model": model, **charge}
        self.add("charges", **row)
        for tier in tiers:
            self.add("prices", **{"charge_id": row["charge_id"], "currency": "EUR", **tier})
        return self

    def usage(self, model: str, *tiers: dict[str, str], **charge: str) -> "Story":
        """A usage charge, on a meter that sums unless one was given."""
        self.rows.setdefault("meters", [{"meter_id": "meter", "aggregation": "sum"}])
        return self.charge(
            model, *tiers, **{"charge_id": "use", "kind": "usage", "meter_id": "meter", **charge}
        )

    def meter(self, aggregation: str, **meter: str) -> "Story":
        """The meter."""
        return self.add("meters", meter_id="meter", aggregation=aggregation, **meter)

    def subscribe(self, starts_on: str, **subscription: str) -> "Story":
        """A subscription of the payer to the plan."""
        row = {"subscription_id": "s", "account_id": "payer", "plan_id": "plan"}
        return self.add("subscriptions", **{**row, "starts_on": starts_on, **subscription})

    def change(self, effective_on: str, change: str, **row: str) -> "Story":
        """A change of the first subscription."""
        changes = len(self.rows.get("subscription_changes", []))
        row = {"change_id": str(changes), "subscription_id": "s", **row}
        return self.add("subscription_changes", effective_on=effective_on, change=change, **row)

    def event(self, occurred_at: str, quantity: str = "", **row: str) -> "Story":
        """An event of the first subscription."""
        events = len(self.rows.get("usage_events", []))
        row = {"event_id": f"{events:03}", "subscription_id": "s", "meter_id": "meter", **row}
        return self.add("usage_events", occurred_at=occurred_at, quantity=quantity, **row)

    def fact(self, occurred_at: str, **properties: object) -> "Story":
        """An event with properties."""
        return self.event(occurred_at, properties=json.dumps(properties))

    def amounts(self, until: str) -> Amounts:
        """Service starts and amounts, in order of key."""
        items = worth(self.rows, date.fromisoformat(until))
        return [
            (str(key.service_start), str(item.net_amount)) for key, item in sorted(items.items())
        ]

    def quantities(self, until: str) -> list[Decimal]:
        """Quantities, in order of key."""
        items = worth(self.rows, date.fromisoformat(until))
        return [item.quantity.normalize() for _, item in sorted(items.items())]

    def by_value(self, until: str) -> dict[tuple[str, str], str]:
        """Amounts by charge and group value."""
        items = worth(self.rows, date.fromisoformat(until))
        return {(k.charge_id, k.group_value): str(item.net_amount) for k, item in items.items()}
