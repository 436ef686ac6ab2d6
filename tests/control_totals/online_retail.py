"""A month of a British wholesaler's invoices and credit notes, each line a one-time charge.

A subscription to a plan without charges stands for each of its documents, and gives it its own
number as the purchase order, so that nothing of two documents shares one of ours.
"""

from pathlib import Path

from tests.control_totals.world import World, seller, tax_rate

LINES = str(Path(__file__).parent / "data" / "online_retail.parquet")
COUNTRIES = """
    ('Australia', 'AU'), ('Austria', 'AT'), ('Belgium', 'BE'), ('Channel Islands', 'JE'),
    ('Cyprus', 'CY'), ('Czech Republic', 'CZ'), ('Denmark', 'DK'), ('EIRE', 'IE'),
    ('Finland', 'FI'), ('France', 'FR'), ('Germany', 'DE'), ('Israel', 'IL'), ('Italy', 'IT'),
    ('Japan', 'JP'), ('Netherlands', 'NL'), ('Norway', 'NO'), ('Poland', 'PL'),
    ('Portugal', 'PT'), ('Saudi Arabia', 'SA'), ('Spain', 'ES'), ('Sweden', 'SE'),
    ('Switzerland', 'CH'), ('United Arab Emirates', 'AE'), ('United Kingdom', 'GB')
"""
# A line of nobody is of its country's account.
ACCOUNT = "'retail ' || country || ' ' || coalesce(cast(customer_id as varchar), 'nobody')"


def land(world: World) -> None:
    """Leaves every table of the data set."""
    world.land("billing_entities", seller("retail", "GBP", "GB"))
    world.land("tax_rates", tax_rate("GB", "20"))
    world.land("plans", {"plan_id": "retail", "name": "Wholesale"})
    world.land_query(
        "accounts",
        f"""
        select distinct {ACCOUNT} as account_id, 'retail' as entity_id, country as name,
            countries.code as country_code, date '2011-02-01' as billing_anchor
        from read_parquet($lines)
        inner join (values {COUNTRIES}) as countries (name, code) on country = countries.name
        """,
        lines=LINES,
    )
    world.land_query(
        "subscriptions",
        f"""
        select distinct 'retail ' || invoice_no as subscription_id, {ACCOUNT} as account_id,
            'retail' as plan_id, invoiced_on as starts_on, invoiced_on + 1 as ends_on,
            invoice_no as purchase_order
        from read_parquet($lines)
        """,
        lines=LINES,
    )
    world.land_query(
        "one_time_charges",
        f"""
        select 'retail ' || line_number as item_id, {ACCOUNT} as account_id,
            'retail ' || invoice_no as subscription_id, invoiced_on as occurred_on,
            'Goods' as description, quantity * unit_price as amount
        from read_parquet($lines)
        """,
        lines=LINES,
    )
