"""Worlds to measure: a month of usage of many customers, as files of the data contract."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

FIRST_DAY = "2024-01-01"
BILL_DATE = "2024-02-01"
# Of the shortest month, so that events stay in theirs.
SECONDS = 28 * 86400


@dataclass(frozen=True)
class World:
    """How large a world is: events of one month, subscriptions, and accounts, an invoice each."""

    events: int
    subscriptions: int
    accounts: int


SMALL = World(1_000_000, 10_000, 4_000)
MIDDLE = World(20_000_000, 50_000, 20_000)
LARGE = World(100_000_000, 100_000, 40_000)

# Two plans; each has a fee and two meters, of which one has tiers.
_CATALOGUE = {
    "billing_entities": """
        entity_id,name,country_code,currency,timezone,invoice_prefix,credit_note_prefix
        seller,Seller,FR,EUR,Europe/Paris,F,A
    """,
    "plans": """
        plan_id,name
        plan-0,Energy
        plan-1,Cloud
    """,
    "meters": """
        meter_id,name,aggregation,unit
        meter-0,Energy,sum,kWh
        meter-1,Requests,count,
    """,
    "charges": """
        charge_id,plan_id,name,kind,model,meter_id
        fee-0,plan-0,Fee,recurring,flat,
        fee-1,plan-1,Fee,recurring,flat,
        used-0,plan-0,Energy,usage,graduated,meter-0
        used-1,plan-1,Energy,usage,per_unit,meter-0
        sent-0,plan-0,Requests,usage,volume,meter-1
        sent-1,plan-1,Requests,usage,per_unit,meter-1
    """,
    "prices": """
        charge_id,currency,from_units,to_units,unit_price,flat_price
        fee-0,EUR,,,,9.90
        fee-1,EUR,,,,4.90
        used-0,EUR,0,100,0.20,
        used-0,EUR,100,,0.15,
        used-1,EUR,,,0.123456,
        sent-0,EUR,0,500,0.01,
        sent-0,EUR,500,,0.008,
        sent-1,EUR,,,0.0002,
    """,
    "tax_rates": """
        tax_code,country_code,valid_from,rate
        standard,FR,2020-01-01,20
    """,
}


def write_company(folder: Path, world: World) -> None:
    """Leave the files of the world's catalogue, accounts and subscriptions."""
    for table, rows in _CATALOGUE.items():
        lines = (line.strip() for line in rows.strip().splitlines())
        (folder / f"{table}.csv").write_text("\n".join(lines) + "\n")
    _copy(
        folder / "accounts.parquet",
        f"""
        select 'account-' || number as account_id, 'seller' as entity_id,
            'Account ' || number as name, 'FR' as country_code,
            date '{FIRST_DAY}' as billing_anchor
        from range({world.accounts}) as accounts(number)
        """,
    )
    _copy(
        folder / "subscriptions.parquet",
        f"""
        select 'subscription-' || number as subscription_id,
            'account-' || number % {world.accounts} as account_id,
            'plan-' || number % 2 as plan_id, date '{FIRST_DAY}' as starts_on
        from range({world.subscriptions}) as subscriptions(number)
        """,
    )


def write_events(
    folder: Path, name: str, count: int, subscriptions: int, first_day: str = FIRST_DAY
) -> Path:
    """Leave `count` events of the month that begins on `first_day`, spread over subscriptions.

    One in two hundred is sent twice.
    """
    (folder / "usage_events").mkdir(exist_ok=True)
    path = folder / "usage_events" / f"{name}.parquet"
    _copy(
        path,
        f"""
        select
            'event-{name}-' || number as event_id,
            'subscription-' || number * 7919 % {subscriptions} as subscription_id,
            'meter-' || number // 7 % 2 as meter_id,
            timestamptz '{first_day} 00:00:00+00' + to_seconds(number % {SECONDS}) as occurred_at,
            cast(cast(number % 9973 as decimal(18, 6)) * 0.01 as decimal(18, 6)) as quantity
        from (
            select number from range({count}) as events(number)
            union all
            select number from range(0, {count}, 200) as repeats(number)
        )
        """,
    )
    return path


def _copy(path: Path, query: str) -> None:
    with duckdb.connect() as con:
        con.execute(f"copy ({query}) to '{path}' (format parquet)")
