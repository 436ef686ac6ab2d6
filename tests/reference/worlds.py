"""Strategies for whole companies: their rows by contract table, none of which billing holds.

A company is drawn as lists of independent facts that name each other by number,
a number too large wrapping around, so that dropping a fact leaves a company.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st

from .catalogues import PRORATIONS, SCALES, Cells, ChargeDraft, charges, meters, plain_sums
from .choices import maybe, several
from .happenings import accounts, changes, days, moments, one_time_charges, subscriptions

Tables = dict[str, list[Cells]]
Fact = TypeVar("Fact")

ID_COLUMNS = {
    "entity_id",
    "account_id",
    "payer_account_id",
    "plan_id",
    "charge_id",
    "meter_id",
    "subscription_id",
    "change_id",
    "event_id",
    "item_id",
    "allowance_id",
    "commitment_id",
    "credit_id",
}


@dataclass(frozen=True)
class Catalogue:
    """What is sold: meters, and the charges of each plan."""

    meters: Sequence[Cells]
    plans: Sequence[Sequence[ChargeDraft]]

    def meter(self, plan: int, choice: int) -> int:
        """One of the plan's meters, if it has any, so that most events are billed."""
        drafts = [each for each in _pick(self.plans, plan) if each.cells["kind"] == "usage"]
        numbers = [each.meter for each in drafts] or [choice]
        return _pick(numbers, choice) % len(self.meters)


@st.composite
def companies(draw: st.DrawFn) -> Tables:
    """A seller with all its rows; name its ids apart with `prefixed`."""
    scale = draw(st.sampled_from(SCALES))
    other = meters(("sum", "max", "latest", "time_weighted", "unique_count", "count"))
    plans = several(several(charges(scale, days), 1, 4), 1, 3)
    catalogue = Catalogue([draw(plain_sums()), *draw(several(other, 0, 2))], draw(plans))
    family = draw(several(accounts, 1, 8))
    held = draw(several(subscriptions, 1, 6))
    timezones = st.sampled_from(["UTC", "Europe/Paris", "America/New_York"])
    tables = _seller(draw(timezones), draw(maybe(PRORATIONS)))
    tables["accounts"] = [
        _account(number, each, scale.cycles) for number, each in enumerate(family)
    ]
    tables["subscriptions"] = [
        _subscription(number, each, family, catalogue) for number, each in enumerate(held)
    ]
    tables["subscription_changes"] = [
        _change(number, each, held, catalogue)
        for number, each in enumerate(draw(several(changes, 0, 6)))
    ]
    tables["usage_events"] = _events(draw(several(moments, 0, 20)), held, catalogue)
    _sell(tables, catalogue)
    tables["one_time_charges"] = [
        _one_time_charge(number, each, family, catalogue)
        for number, each in enumerate(draw(several(one_time_charges, 0, 2)))
    ]
    return tables


def prefixed(tables: Tables, prefix: str) -> Tables:
    """The same company with a prefix to all its ids, so that many share a warehouse."""
    return {
        table: [
            {
                column: f"{prefix}{text}" if column in ID_COLUMNS and text else text
                for column, text in row.items()
            }
            for row in rows
        ]
        for table, rows in tables.items()
    }


def _pick(facts: Sequence[Fact], number: int) -> Fact:
    return facts[number % len(facts)]


def _seller(timezone: str, proration: str) -> Tables:
    entity = {"entity_id": "e", "name": "Seller", "country_code": "FR", "currency": "EUR"}
    rate = {"tax_code": "standard", "country_code": "FR", "valid_from": "", "rate": "20"}
    entity = {**entity, "timezone": timezone, "proration": proration}
    return {"billing_entities": [entity], "tax_rates": [rate]}


def _account(number: int, given: dict[str, Any], cycles: Sequence[str]) -> Cells:
    # Only an earlier account pays, so that chains end.
    payer = f"a{given['payer']}" if given["payer"] < number else ""
    return {
        "account_id": f"a{number}",
        "entity_id": "e",
        "name": f"Account {number}",
        "country_code": "FR",
        "payer_account_id": payer,
        "currency": given["currency"],
        "billing_period": _pick(cycles, given["cycle"]),
        "billing_anchor": given["anchor"],
    }


def _subscription(
    number: int, given: dict[str, Any], family: Sequence[object], catalogue: Catalogue
) -> Cells:
    return {
        "subscription_id": f"s{number}",
        "account_id": f"a{given['account'] % len(family)}",
        "plan_id": f"p{given['plan'] % len(catalogue.plans)}",
        "starts_on": given["starts_on"],
        "ends_on": _later(given["starts_on"], given["length"]) if given["length"] else "",
        "trial_ends_on": _later(given["starts_on"], given["trial"]) if given["trial"] else "",
        "quantity": given["quantity"],
    }


def _later(day: str, count: int) -> str:
    return str(date.fromisoformat(day) + timedelta(days=count))


def _change(
    number: int, given: dict[str, Any], held: Sequence[dict[str, Any]], catalogue: Catalogue
) -> Cells:
    subscription = given["subscription"] % len(held)
    # A subscription lives a day at least.
    after = max(given["after"], 1) if given["change"] == "cancel" else given["after"]
    row = {
        "change_id": f"h{number}",
        "subscription_id": f"s{subscription}",
        "effective_on": _later(held[subscription]["starts_on"], after),
        "change": given["change"],
    }
    if given["change"] == "quantity":
        row["quantity"] = given["quantity"]
    if given["change"] == "plan":
        row["plan_id"] = f"p{given['plan'] % len(catalogue.plans)}"
    return row


def _events(
    given: Sequence[dict[str, Any]], held: Sequence[dict[str, Any]], catalogue: Catalogue
) -> list[Cells]:
    rows: list[Cells] = []
    for moment in given:
        subscription = moment["subscription"] % len(held)
        number = catalogue.meter(held[subscription]["plan"], moment["meter"])
        day = moment["on"] or _later(held[subscription]["starts_on"], moment["after"])
        rows += [
            {
                "event_id": f"u{len(rows) + place:03}",
                "subscription_id": f"s{subscription}",
                "meter_id": f"m{number}",
                "occurred_at": f"{day}T{moment['time']}" if moment["time"] else day,
                "quantity": quantity,
                "properties": _properties(facts, catalogue.meters[number]),
            }
            for place, (quantity, facts) in enumerate(moment["facts"])
        ]
    return rows


def _properties(facts: dict[str, Any], meter: Cells) -> str:
    """Ids need an operation, without which they would be read as numbers; nothing else has one."""
    kept = {name: facts[name] for name in facts if name != "operation" and facts[name] is not None}
    if meter["event_carries"] and meter["property"] == "id":
        operation = facts["operation"]
        if operation or meter["aggregation"] != "unique_count":
            kept["operation"] = operation or "add"
    return json.dumps(kept) if kept else ""


def _sell(tables: Tables, catalogue: Catalogue) -> None:
    """The catalogue's rows, with every price in every currency that an account has."""
    tables["meters"] = [
        {"meter_id": f"m{number}", "name": f"Meter {number}", **meter}
        for number, meter in enumerate(catalogue.meters)
    ]
    tables["plans"], tables["charges"], tables["prices"] = [], [], []
    currencies = sorted({row["currency"] or "EUR" for row in tables["accounts"]})
    for plan, drafts in enumerate(catalogue.plans):
        tables["plans"].append({"plan_id": f"p{plan}", "name": f"Plan {plan}"})
        for draft in drafts:
            charge_id = f"c{len(tables['charges']):02}"
            row = {"charge_id": charge_id, "plan_id": f"p{plan}", "name": f"Charge {charge_id}"}
            if draft.cells["kind"] == "usage":
                row["meter_id"] = f"m{draft.meter % len(catalogue.meters)}"
            tables["charges"].append({**row, **draft.cells})
            for currency in currencies:
                tables["prices"] += _prices(charge_id, currency, draft, tables["subscriptions"])


def _prices(
    charge_id: str, currency: str, draft: ChargeDraft, held: Sequence[Cells]
) -> list[Cells]:
    return [
        {
            "charge_id": charge_id,
            "currency": currency,
            "valid_from": each.valid_from,
            "subscription_id": ""
            if each.subscription is None
            else _pick(held, each.subscription)["subscription_id"],
            **tier,
        }
        for each in draft.prices
        for tier in each.tiers
    ]


def _one_time_charge(
    number: int, given: dict[str, Any], family: Sequence[object], catalogue: Catalogue
) -> Cells:
    drafts = [draft for plan in catalogue.plans for draft in plan]
    fees = [i for i, draft in enumerate(drafts) if draft.cells["kind"] == "one_time"]
    row = {
        "item_id": f"o{number}",
        "account_id": f"a{given['account'] % len(family)}",
        "occurred_on": given["occurred_on"],
        "description": "One time",
    }
    if given["amount"] or not fees:
        return {**row, "amount": given["amount"] or "1"}
    return {
        **row,
        "charge_id": f"c{_pick(fees, given['charge']):02}",
        "quantity": given["quantity"],
    }
