"""What a close costs by how many bill dates the ledger holds already.

    python -m bench.dates

A small company: four customers are billed every day, and 365 once a year, each on a day of its
own; a fee and usage each. One process closes the first days one after another, then whole years
at once, until the ledger holds documents of a thousand bill dates, then the days after. Each
close is a run of Dagster with all its checks and documents; medians by the clock and in seconds
of processor. On a machine that others use, look at the processor's. Never a test.
"""

import os
import time
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from orchestration.database import open_warehouse, row_counts
from orchestration.home import Home
from orchestration.runs import run_job

FIRST_DAY = date(2021, 1, 1)
DAILY = 4
YEARLY = 365
SAMPLE = 5
# Plan, billing period and anchor of each customer.
_CUSTOMERS = [
    *(("daily", "day", FIRST_DAY) for _ in range(DAILY)),
    *(("yearly", "year", FIRST_DAY + timedelta(days=day)) for day in range(YEARLY)),
]
_TABLES = {
    "billing_entities": """
        entity_id,name,country_code,currency,timezone,invoice_prefix,credit_note_prefix
        seller,Seller,FR,EUR,Europe/Paris,F,A
    """,
    "plans": """
        plan_id,name
        daily,Energy by the day
        yearly,Energy by the year
    """,
    "meters": """
        meter_id,name,aggregation,unit
        meter,Energy,sum,kWh
    """,
    "charges": """
        charge_id,plan_id,name,kind,model,meter_id,period
        fee,daily,Fee,recurring,flat,,day
        used,daily,Energy,usage,graduated,meter,day
        year_fee,yearly,Fee,recurring,flat,,year
        year_used,yearly,Energy,usage,graduated,meter,year
    """,
    "prices": """
        charge_id,currency,from_units,to_units,unit_price,flat_price
        fee,EUR,,,,0.33
        used,EUR,0,10,0.20,
        used,EUR,10,,0.15,
        year_fee,EUR,,,,120
        year_used,EUR,0,10,0.20,
        year_used,EUR,10,,0.15,
    """,
    "tax_rates": """
        tax_code,country_code,valid_from,rate
        standard,FR,2020-01-01,20
    """,
}


def main() -> None:
    """Close days before and after a long history, and say what they cost."""
    with TemporaryDirectory() as folder:
        os.environ["RELEVE_HOME"] = os.environ.get("BENCH_HOME") or folder
        home = Home.from_environment().prepare()
        write_company(home.landing)
        close_days(home, FIRST_DAY)
        for day in (date(2022, 1, 1), date(2023, 1, 1), date(2023, 10, 1)):
            clock, processor = close(home, day)
            print(f"  to {day}: {clock:6.2f} s, {processor:6.2f} s of processor", flush=True)
        close_days(home, date(2023, 10, 1))


def close_days(home: Home, since: date) -> None:
    """Close the days after `since` one by one, and say what one of them costs."""
    costs = []
    for number in range(SAMPLE):
        write_events(home.landing, since + timedelta(days=number))
        costs.append(close(home, since + timedelta(days=number + 1)))
    clock, processor = (median(each) for each in zip(*costs, strict=True))
    with open_warehouse(home, read_only=True) as con:
        dates = len(con.execute("select distinct bill_date from ledger.documents").fetchall())
        counts = row_counts(con, "ledger")
    print(
        f"  {SAMPLE} days after {since}: {clock:6.2f} s, {processor:6.2f} s of processor a day;"
        f" {dates:,} bill dates, {counts['documents']:,} documents, {counts['lines']:,} lines",
        flush=True,
    )


def close(home: Home, on: date) -> tuple[float, float]:
    """Seconds of clock, and of processor, that a close takes."""
    clock, spent = time.perf_counter(), time.process_time()
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        outcome = run_job(home, "close_cycle", partition_key=str(on))
    if not outcome.is_success:
        raise RuntimeError(outcome.failures[0])
    return time.perf_counter() - clock, time.process_time() - spent


def write_company(folder: Path) -> None:
    """Leave the files of the catalogue, the accounts and their subscriptions."""
    tables = {
        **_TABLES,
        "accounts": "account_id,entity_id,name,country_code,billing_period,billing_anchor\n"
        + "".join(
            f"A-{n},seller,Account {n},FR,{period},{anchor}\n"
            for n, (_, period, anchor) in enumerate(_CUSTOMERS)
        ),
        "subscriptions": "subscription_id,account_id,plan_id,starts_on\n"
        + "".join(f"S-{n},A-{n},{plan},{FIRST_DAY}\n" for n, (plan, _, _) in enumerate(_CUSTOMERS)),
    }
    for table, rows in tables.items():
        lines = (line.strip() for line in rows.strip().splitlines())
        (folder / f"{table}.csv").write_text("\n".join(lines) + "\n")


def write_events(folder: Path, day: date) -> None:
    """Leave one file with each customer's usage of a day."""
    (folder / "usage_events").mkdir(exist_ok=True)
    (folder / "usage_events" / f"{day}.csv").write_text(
        "event_id,subscription_id,meter_id,occurred_at,quantity\n"
        + "".join(
            f"{day}-{n}-{hour},S-{n},meter,{day}T{hour:02}:30:00Z,{n + hour}.25\n"
            for n in range(DAILY)
            for hour in (6, 12, 18)
        )
    )


if __name__ == "__main__":
    main()
