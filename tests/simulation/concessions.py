"""Draws what a company grants: allowances, commitments and prepaid credit.

Amounts are small beside those of the charges, and some are large, so that both ends are reached.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from tests.reference.catalogues import Cells
from tests.reference.happenings import DAYS
from tests.reference.worlds import Tables

PERCENTAGES = ("10", "10", "50", "33.333", "2.5", "100")
AMOUNTS = ("1", "5", "5", "12.345", "40", "1000")
PERIODS = ("month", "month", "quarter", "2 months", "week", "10 days", "year")
COMMITTED = ("20", "31", "100", "1000.555")
LOTS = ("3", "20", "20", "120.505", "5000")


def concessions(chance: random.Random, tables: Tables) -> Tables:
    """Rows of none, some or all of them."""
    return {
        "allowances": list(_allowances(chance, tables)) if chance.random() < 0.7 else [],
        "commitments": list(_commitments(chance, tables)) if chance.random() < 0.35 else [],
        "prepaid_credits": list(_lots(chance, tables)) if chance.random() < 0.6 else [],
    }


def _allowances(chance: random.Random, tables: Tables) -> Iterator[Cells]:
    for number in range(chance.randint(1, 4)):
        kind = chance.choice(("percent", "percent", "amount"))
        row = {
            "allowance_id": f"l{number}",
            **_holder(chance, tables),
            "kind": kind,
            "value": chance.choice(PERCENTAGES if kind == "percent" else AMOUNTS),
            "level": chance.choice(("", "line", "invoice", "invoice")),
            "currency": _some(chance, 0.2, "EUR", "USD"),
            "max_uses": _some(chance, 0.3, "1", "2", "3"),
            **_dates(chance),
        }
        if chance.random() < 0.2:
            row["charge_id"] = chance.choice(tables["charges"])["charge_id"]
        if chance.random() < 0.15:
            plans = [plan["plan_id"] for plan in tables["plans"]]
            row["required_plans"] = ",".join(chance.sample(plans, min(len(plans), 2)))
        yield row


def _commitments(chance: random.Random, tables: Tables) -> Iterator[Cells]:
    for number in range(chance.randint(1, 2)):
        yield {
            "commitment_id": f"k{number}",
            **_holder(chance, tables),
            "amount": chance.choice(COMMITTED),
            "currency": chance.choice(("EUR", "EUR", "EUR", "USD")),
            "period": chance.choice(PERIODS),
            **_dates(chance),
        }


def _lots(chance: random.Random, tables: Tables) -> Iterator[Cells]:
    for number in range(chance.randint(1, 4)):
        granted_on = date.fromisoformat(chance.choice(DAYS))
        days = chance.choice((0, 0, 20, 45, 90))
        account = _account(chance, tables)
        yield {
            "credit_id": f"g{number}",
            "account_id": account["account_id"],
            "amount": chance.choice(LOTS),
            "currency": account["currency"] or "EUR",
            "granted_on": str(granted_on),
            "expires_on": str(granted_on + timedelta(days=days)) if days else "",
            "priority": _some(chance, 0.4, "-1", "1"),
        }


def _holder(chance: random.Random, tables: Tables) -> Cells:
    """A subscription or, more often, an account."""
    if chance.random() < 0.4:
        return {"subscription_id": chance.choice(tables["subscriptions"])["subscription_id"]}
    return {"account_id": _account(chance, tables)["account_id"]}


def _account(chance: random.Random, tables: Tables) -> Cells:
    """Any account, but mostly one that has something to pay, or its payer."""
    accounts = {row["account_id"]: row for row in tables["accounts"]}
    if chance.random() < 0.2:
        return chance.choice(tables["accounts"])
    consumer = accounts[chance.choice(tables["subscriptions"])["account_id"]]
    return accounts.get(consumer["payer_account_id"], consumer)


def _dates(chance: random.Random) -> Cells:
    """From a day, to a day, or always."""
    first, last = sorted(chance.sample(DAYS, 2))
    return {
        "starts_on": first if chance.random() < 0.3 else "",
        "ends_on": last if chance.random() < 0.3 else "",
    }


def _some(chance: random.Random, share: float, *values: str) -> str:
    return chance.choice(values) if chance.random() < share else ""
