"""A company small enough to bill in the head: one plan of 100.00 a month, VAT 20 %.

Two customers pay in advance from 1 January 2024, so the close of 1 January issues two
invoices of 120.00. A third, who pays in pounds, has no price and can be added.
"""

from pathlib import Path

from orchestration.home import Home

FIRST_BILL_DATE = "2024-01-01"
SECOND_BILL_DATE = "2024-02-01"

_FILES = {
    "billing_entities": """
        entity_id,name,country_code,currency,timezone,invoice_prefix,credit_note_prefix
        E-1,Estuaire,FR,EUR,Europe/Paris,F,A
    """,
    "accounts": """
        account_id,entity_id,name,country_code,billing_anchor
        A-1,E-1,First,FR,2024-01-01
        A-2,E-1,Second,FR,2024-01-01
    """,
    "plans": """
        plan_id,name,service
        P-1,Seats,Software
    """,
    "charges": """
        charge_id,plan_id,name,kind,model,timing
        C-1,P-1,A seat,recurring,per_unit,advance
    """,
    "prices": """
        charge_id,currency,valid_from,unit_price
        C-1,EUR,2020-01-01,100.00
    """,
    "subscriptions": """
        subscription_id,account_id,plan_id,starts_on
        S-1,A-1,P-1,2024-01-01
        S-2,A-2,P-1,2024-01-01
    """,
    "tax_rates": """
        tax_code,country_code,valid_from,rate
        standard,FR,2020-01-01,20
    """,
}


def land_company(home: Home) -> None:
    """Leave the company's files in the landing folder."""
    for table, rows in _FILES.items():
        leave(home.landing / f"{table}.csv", rows)


def land_customer_without_price(home: Home) -> None:
    """Leave a third customer, who pays in a currency that has no price."""
    leave(
        home.landing / "accounts" / "third.csv",
        """
        account_id,entity_id,name,country_code,billing_anchor,currency
        A-3,E-1,Third,FR,2024-01-01,GBP
        """,
    )
    leave(
        home.landing / "subscriptions" / "third.csv",
        """
        subscription_id,account_id,plan_id,starts_on
        S-3,A-3,P-1,2024-01-01
        """,
    )


def leave(path: Path, rows: str) -> None:
    """Write rows as a file, without their indentation."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{row.strip()}\n" for row in rows.strip().splitlines()))
