"""The tables of worked examples as rows of the data contract.

One example is one account, whose plans, charges, prices, meter and events are
its own, so that all examples live in one warehouse.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

# How many examples the sources have, by table: those answered and those not asked.
TABLES = {
    "charge_models": 72,
    "meters": 19,
    "proration": 74,
    "cycles": 99,
    "stories": 50,
    "late_usage": 19,
}

# An example that asks nothing of its calendar has the one of January 2025.
START = "2025-01-01"
EVENT = "2025-01-15"

Rows = dict[str, list[dict[str, str]]]


@dataclass(frozen=True)
class Example:
    """One worked example: what is given, by contract table, and what is expected."""

    example_id: str
    given: Mapping[str, Any]

    @property
    def expected(self) -> dict[str, Any]:
        """What must come out, by the name of the answer."""
        names = (
            "exact_amount",
            "lines",
            "windows",
            "completed",
            "documents",
            "bills",
            "totals",
            "payments",
            "balances",
        )
        return {name: self.given[name] for name in names if name in self.given}

    def rows(self) -> dict[str, Rows]:
        """Rows by contract table, by the close before which they land ('' is the first)."""
        landed: dict[str, Rows] = defaultdict(lambda: defaultdict(list))
        for table, row, lands_before in self._all_rows():
            landed[lands_before][table].append({name: str(value) for name, value in row.items()})
        return landed

    @property
    def _subscriptions(self) -> list[dict[str, Any]]:
        return list(self.given.get("subscriptions", [{"starts_on": START}]))

    def _all_rows(self) -> Iterator[tuple[str, dict[str, Any], str]]:
        yield "accounts", self._account(), ""
        for child in self.given.get("children", []):
            payer = {"payer_account_id": self.example_id}
            yield (
                "accounts",
                {**self._account(), **payer, "account_id": self._account_id(child)},
                "",
            )
        yield "meters", self._meter(), ""
        yield from ((table, row, "") for table, row in self._catalogue())
        for position, given in enumerate(self._subscriptions):
            subscription = {
                "subscription_id": f"{self.example_id}/{position}",
                "account_id": self._account_id(given.get("account", "")),
                "plan_id": f"{self.example_id}/first",
            }
            own = {name: value for name, value in given.items() if name != "account"}
            yield "subscriptions", {**subscription, **own}, ""
        for position, given in enumerate(self.given.get("one_time_charges", [])):
            charge = {"item_id": f"{self.example_id}/{position}", "description": "Once", **given}
            charge["account_id"] = self._account_id(charge.pop("account", ""))
            lands_before = charge.pop("lands_before", "")
            yield "one_time_charges", charge, lands_before
        for position, given in enumerate(self.given.get("changes", [])):
            change = {
                "change_id": f"{self.example_id}/{position}",
                "subscription_id": f"{self.example_id}/0",
                **given,
            }
            lands_before = change.pop("lands_before", "")
            if "plan" in change:
                change["plan_id"] = f"{self.example_id}/{change.pop('plan')}"
            yield "subscription_changes", change, lands_before
        for position, given in enumerate(self.given.get("events", [])):
            event = {
                "event_id": f"{self.example_id}/{position}",
                "subscription_id": f"{self.example_id}/0",
                "meter_id": self.example_id,
                "occurred_at": EVENT,
                **given,
            }
            lands_before = event.pop("lands_before", "")
            yield "usage_events", event, lands_before
        yield from (("allowances", row, "") for row in self._allowances())
        for table, key in (("commitments", "commitment_id"), ("prepaid_credits", "credit_id")):
            for position, given in enumerate(self.given.get(table, [])):
                row = {key: f"{self.example_id}/{position}", "account_id": self.example_id}
                if table == "prepaid_credits":
                    row["granted_on"] = START
                yield table, {**row, "currency": self._account()["currency"], **given}, ""

    def _allowances(self) -> Iterator[dict[str, Any]]:
        """Each is the account's, unless it names the place of a subscription or a charge."""
        for position, given in enumerate(self.given.get("allowances", [])):
            allowance = {"allowance_id": f"{self.example_id}/{position}", **given}
            if "subscription" in allowance:
                place = allowance.pop("subscription")
                allowance["subscription_id"] = f"{self.example_id}/{place}"
            else:
                allowance["account_id"] = self.example_id
            if "charge" in allowance:
                allowance["charge_id"] = f"{self.example_id}/{allowance.pop('charge')}"
            yield allowance

    def _account_id(self, child: str) -> str:
        return f"{self.example_id}/{child}" if child else self.example_id

    def _account(self) -> dict[str, Any]:
        account = {
            "account_id": self.example_id,
            "name": self.example_id,
            "country_code": "FR",
            "currency": "EUR",
            "billing_anchor": START,
            **self.given.get("account", {}),
        }
        account["entity_id"] = account.pop("timezone", "UTC")
        return account

    def _meter(self) -> dict[str, Any]:
        meter = {"meter_id": self.example_id, "name": "Units", "aggregation": "sum"}
        return {**meter, **self.given.get("meter", {})}

    def _catalogue(self) -> Iterator[tuple[str, dict[str, Any]]]:
        plans = set()
        currency = self._account()["currency"]
        for position, given in enumerate(self.given["charges"]):
            charge = {"charge_id": f"{self.example_id}/{position}", "name": "Charge", **given}
            plan_id = f"{self.example_id}/{charge.pop('plan', 'first')}"
            if plan_id not in plans:
                plans.add(plan_id)
                yield "plans", {"plan_id": plan_id, "name": "Plan"}
            charge["plan_id"] = plan_id
            if charge["kind"] == "usage":
                charge["meter_id"] = self.example_id
            if "tax_rate" in charge:
                charge["tax_code"] = f"at {charge.pop('tax_rate')} %"
            for tier in charge.pop("prices"):
                yield "prices", {"charge_id": charge["charge_id"], "currency": currency, **tier}
            yield "charges", charge


def table(name: str) -> dict[str, Any]:
    """A table: its `cases`, and the reasons `elsewhere` why others are not asked."""
    path = Path(__file__).parent / f"{name}.yml"
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def examples() -> list[Example]:
    """Every worked example that the product answers, in the order of the tables."""
    return [Example(given["id"], given) for name in TABLES for given in table(name)["cases"]]


def tax_rates(found: list[Example]) -> list[dict[str, str]]:
    """A French tax code for each rate that an example names, and the standard one."""
    named = {
        str(charge["tax_rate"])
        for example in found
        for charge in example.given["charges"]
        if "tax_rate" in charge
    }
    codes = {"standard": "20", **{f"at {rate} %": rate for rate in sorted(named)}}
    untaxed = {"category": "E", "exemption_reason": "No value added tax"}
    return [
        {"tax_code": code, "country_code": "FR", "rate": rate, **({} if Decimal(rate) else untaxed)}
        for code, rate in codes.items()
    ]
