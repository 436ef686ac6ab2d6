"""Real cloud charges, each priced by itself at its list price, as rows that land.

An account is a sub account, which bills to its billing account; a charge is a SKU at a price. The
price of a unit is a rate in percent of it, with a column for each event, so that corrections are
priced like anything else. Quantities are kept to twelve decimals: seven rows have more.
"""

from pathlib import Path

from tests.control_totals.world import World, seller, tax_rate

CHARGES = str(Path(__file__).parent / "data" / "focus_charges.csv.gz")
_ROWS = """
    select *,
        'focus ' || payer as payer_id,
        'focus ' || payer || ' ' || sub_account as account_id,
        'focus ' || sku || ' ' || list_unit_price as sku_id
    from read_csv($charges, all_varchar = true)
"""


def land(world: World) -> None:
    """Leaves every table of the data set."""
    world.land("billing_entities", seller("focus", "USD", "US"))
    world.land("tax_rates", tax_rate("US", "0"))
    world.land("meters", {"meter_id": "focus", "name": "Priced units", "aggregation": "sum"})
    world.land_query(
        "accounts",
        f"""
        with rows as ({_ROWS})
        select distinct payer_id as account_id, payer_id as name, null as payer_account_id,
            'focus' as entity_id, 'US' as country_code, date '2024-09-01' as billing_anchor
        from rows
        union all
        select distinct account_id, account_id, payer_id, 'focus', 'US', date '2024-09-01'
        from rows
        """,
        charges=CHARGES,
    )
    world.land_query(
        "plans",
        f"select distinct sku_id as plan_id, sku_id as name from ({_ROWS})",
        charges=CHARGES,
    )
    world.land_query(
        "charges",
        f"""
        select distinct sku_id as charge_id, sku_id as plan_id, sku as name, 'usage' as kind,
            'percentage' as model, 'focus' as meter_id
        from ({_ROWS})
        """,
        charges=CHARGES,
    )
    world.land_query(
        "prices",
        f"""
        select distinct sku_id as charge_id, 'USD' as currency,
            cast(list_unit_price as decimal(18, 10)) * 100 as rate, 0 as fixed_per_event
        from ({_ROWS})
        """,
        charges=CHARGES,
    )
    world.land_query(
        "subscriptions",
        f"""
        select distinct account_id || ' ' || sku_id as subscription_id, account_id,
            sku_id as plan_id, date '2024-09-01' as starts_on, date '2024-11-01' as ends_on
        from ({_ROWS})
        """,
        charges=CHARGES,
    )
    world.land_query(
        "usage_events",
        f"""
        select 'focus ' || row_id as event_id, account_id || ' ' || sku_id as subscription_id,
            'focus' as meter_id, cast(charge_period_start as timestamp) as occurred_at,
            cast(quantity as decimal(38, 12)) as quantity
        from ({_ROWS})
        """,
        charges=CHARGES,
    )
