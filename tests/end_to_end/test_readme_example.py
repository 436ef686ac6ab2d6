"""The README's example: gas by the cubic metre, and one that becomes known late."""

from decimal import Decimal
from typing import Any

import duckdb
import pytest

from orchestration.cli import DONE
from orchestration.cli import main as releve
from orchestration.home import Home
from tests.laws.test_order_independence import write_csv

ROWS = {
    "billing_entities": [
        {"entity_id": "seller", "name": "Seller", "country_code": "FR", "currency": "EUR"}
    ],
    "tax_rates": [{"tax_code": "standard", "country_code": "FR", "rate": "20"}],
    "accounts": [
        {
            "account_id": "a",
            "entity_id": "seller",
            "name": "Ada",
            "country_code": "FR",
            "billing_anchor": "2024-01-01",
        }
    ],
    "plans": [{"plan_id": "gas", "name": "Gas"}],
    "meters": [{"meter_id": "m3", "name": "Volume", "aggregation": "sum", "unit": "m³"}],
    "charges": [
        {
            "charge_id": "gas",
            "plan_id": "gas",
            "name": "Gas",
            "kind": "usage",
            "model": "per_unit",
            "meter_id": "m3",
        }
    ],
    "prices": [{"charge_id": "gas", "currency": "EUR", "unit_price": "3.20"}],
    "subscriptions": [
        {
            "subscription_id": "s",
            "account_id": "a",
            "plan_id": "gas",
            "starts_on": "2024-03-01",
        }
    ],
}


def land_usage(home: Home, name: str, *events: str) -> None:
    """One cubic metre a day, for `event_id@date`."""
    (home.landing / "usage_events").mkdir(exist_ok=True)
    rows = [
        {"event_id": event, "subscription_id": "s", "meter_id": "m3", "occurred_at": day}
        for event, day in (given.split("@") for given in events)
    ]
    write_csv(home.landing / "usage_events", name, rows)


def marts(home: Home, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.marts), read_only=True) as con:
        return con.execute(query).fetchall()


@pytest.mark.slow
def test_a_cubic_metre_that_lands_late_is_billed_once_and_named(home: Home) -> None:
    for table, rows in ROWS.items():
        write_csv(home.landing, table, rows)
    land_usage(home, "march", "e1@2024-03-01", "e2@2024-03-02", "e3@2024-03-03")

    # Nothing is due on 1 March; the running bill is 9.60, three times 3.20.
    assert releve(["close", "2024-03-01"]) == DONE
    assert marts(home, "select quantity, unbilled_amount from unbilled_charges") == [
        (Decimal(3), Decimal("9.60"))
    ]
    assert releve(["close", "2024-04-01"]) == DONE
    land_usage(home, "late", "e4@2024-03-03")
    assert releve(["close", "2024-05-01"]) == DONE

    lines = marts(
        home,
        """
        select invoices.bill_date, line_type, service_start, previous_worth, present_worth,
            lines.net_amount, corrected.bill_date
        from invoice_lines as lines
        inner join invoices using (invoice_id)
        left join (select invoice_id, bill_date from invoices) as corrected
            on lines.corrects_invoice_id = corrected.invoice_id
        order by all
        """,
    )
    assert [[str(value) for value in line] for line in lines] == [
        ["2024-04-01", "usage", "2024-03-01", "0.0000", "9.6000", "9.6000", "None"],
        ["2024-05-01", "adjustment", "2024-03-01", "9.6000", "12.8000", "3.2000", "2024-04-01"],
    ]
    traced = marts(
        home,
        """
        select bill_date, usage_date, quantity, event_count
        from usage_lineage inner join invoices using (invoice_id)
        order by all
        """,
    )
    assert [[str(value) for value in day] for day in traced] == [
        ["2024-04-01", "2024-03-01", "1.000000000000", "1"],
        ["2024-04-01", "2024-03-02", "1.000000000000", "1"],
        ["2024-04-01", "2024-03-03", "1.000000000000", "1"],
        ["2024-05-01", "2024-03-03", "1.000000000000", "1"],
    ]
