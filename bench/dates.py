"""What a close costs by how many cycles the ledger holds already.

    python -m bench.dates [DATES]

A small company is billed every day: four customers, a fee and usage each, one file of events a
day. One process closes the first days one after another, then DATES days (1,000) at once, which
bills every one of their cycles, then the days after. Each close is a run of Dagster with all its
checks and documents; medians by the clock and in seconds of processor. On a machine that others
use, look at the processor's. Never a test.
"""

import os
import sys
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
CUSTOMERS = 4
SAMPLE = 5
_TABLES = {
    "billing_entities": """
        entity_id,name,country_code,currency,timezone,invoice_prefix,credit_note_prefix
        seller,Seller,FR,EUR,Europe/Paris,F,A
    """,
    "plans": """
        plan_id,name
        plan,Energy
    """,
    "meters": """
        meter_id,name,aggregation,unit
        meter,Energy,sum,kWh
    """,
    "charges": """
        charge_id,plan_id,name,kind,model,meter_id,billing_period
        fee,plan,Fee,recurring,flat,,day
        used,plan,Energy,usage,graduated,meter,day
    """,
    "prices": """
        charge_id,currency,from_units,to_units,unit_price,flat_price
        fee,EUR,,,,0.33
        used,EUR,0,10,0.20,
        used,EUR,10,,0.15,
    """,
    "tax_rates": """
        tax_code,country_code,valid_from,rate
        standard,FR,2020-01-01,20
    """,
}


def main(arguments: list[str]) -> None:
    """Close days before and after a long history, and say what they cost."""
    dates = int(arguments[0]) if arguments else 1_000
    with TemporaryDirectory() as folder:
        os.environ["RELEVE_HOME"] = folder
        home = Home.from_environment().prepare()
        write_company(home.landing)
        for first, last in ((1, 1), (2, 1 + SAMPLE), (dates, dates), (dates + 1, dates + SAMPLE)):
            costs = []
            for number in range(first, last + 1):
                for day in range(1 + SAMPLE if number == dates else number - 1, number):
                    write_events(home.landing, FIRST_DAY + timedelta(days=day))
                costs.append(close(home, FIRST_DAY + timedelta(days=number)))
            clock, processor = (median(each) for each in zip(*costs, strict=True))
            with open_warehouse(home, read_only=True) as con:
                counts = row_counts(con, "ledger")
            print(
                f"  day {first:5,} to {last:5,}: {clock:6.2f} s, {processor:6.2f} s of processor;"
                f" the ledger has {counts['closed_cycles']:,} cycles, {counts['lines']:,} lines",
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
        + "".join(f"A-{n},seller,Account {n},FR,day,{FIRST_DAY}\n" for n in range(CUSTOMERS)),
        "subscriptions": "subscription_id,account_id,plan_id,starts_on\n"
        + "".join(f"S-{n},A-{n},plan,{FIRST_DAY}\n" for n in range(CUSTOMERS)),
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
            for n in range(CUSTOMERS)
            for hour in (6, 12, 18)
        )
    )


if __name__ == "__main__":
    main(sys.argv[1:])
