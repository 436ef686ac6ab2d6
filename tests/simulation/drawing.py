"""Draws scripts of closes, and stories: a generated company, its terms, and when all of it lands.

The company is one of tests/reference; here it is given terms and a course of events.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from tests.laws.killed_close import POINTS
from tests.reference.catalogues import Cells
from tests.reference.samples import drawn_company
from tests.reference.worlds import Tables

from .concessions import concessions
from .corrections import corrected, recalendared
from .stories import STANDARD, Close, Fact, Story, told

# The day that decides when a row is known, by table.
DAYS_OF = {
    "subscriptions": "starts_on",
    "subscription_changes": "effective_on",
    "usage_events": "occurred_at",
    "one_time_charges": "occurred_on",
    "prepaid_credits": "granted_on",
}
LATE_REFERENCES = ("plans", "meters", "prices", "accounts", "tax_rates", "charges")
# What is landed in the middle of the story as often as not.
EASILY_LATE = {"allowances", "commitments"}


def drawn_script(seed: int, closes: int, kills: int) -> tuple[Close, ...]:
    """So many closes over some months, of which so many are killed first.

    Dates are skipped, come again, and once in a while lie before the last one.
    """
    chance = random.Random(f"script {seed}")
    on = date(2024, 1, 1) + timedelta(days=chance.randint(5, 40))
    dates = [on]
    while len(dates) < closes:
        on += timedelta(days=chance.choice((0, 7, 20, 28, 30, 31, 31, 33, 45, 61)))
        dates.append(on - timedelta(days=chance.choice((0, 0, 0, 0, 0, 0, 0, 20))))
    killed = set(chance.sample(range(closes), kills))
    return tuple(
        Close(
            on,
            is_killed=step in killed,
            point=chance.choice(("", *POINTS)),
            part=chance.random(),
        )
        for step, on in enumerate(dates)
    )


def drawn_story(
    name: str,
    seed: int,
    script: tuple[Close, ...],
    *,
    with_calendars: bool = False,
    with_horizons: bool = False,
) -> Story:
    """The story of a seed; calendars that change, and horizons, only where they are asked for."""
    chance = random.Random(f"story {seed}")
    tables = drawn_company(seed)
    _set_terms(chance, tables)
    if with_horizons:
        for row in tables["billing_entities"]:
            row["correction_horizon"] = chance.choice(("", "month", "10 days"))
    tables |= concessions(random.Random(f"concessions {seed}"), tables)
    # A payer that lands late is another calendar for those that it pays for.
    payers = {row["payer_account_id"] for row in tables["accounts"]}
    punctual = frozenset() if with_calendars else frozenset(payers)
    facts = tuple(_landings(chance, tables, script, punctual))
    later = list(corrected(chance, facts, len(script)))
    if with_calendars:
        later += recalendared(chance, [*facts, *later], len(script))
    return told(name, [*facts, *later])


def _set_terms(chance: random.Random, tables: Tables) -> None:
    """What decides documents and taxes, which the company was drawn without."""

    def some(share: float, *values: str) -> str:
        return chance.choice(values) if chance.random() < share else ""

    (entity,) = tables["billing_entities"]
    entity["country_code"] = chance.choice(("FR", "FR", "FR", "DE"))
    entity["negative_invoice"] = some(0.4, "carry_forward", "credit_note")
    entity["grace_days"] = some(0.3, "3", "10")
    entity["invoice_prefix"] = some(0.3, "F-")
    entity["billing_starts_on"] = some(0.15, "2024-01-20", "2024-02-01")
    if chance.random() < 0.15:
        tables["billing_entities"].append({**entity, "entity_id": "e2", "timezone": "UTC"})
    entities = [row["entity_id"] for row in tables["billing_entities"]]
    for row in tables["accounts"]:
        row["entity_id"] = chance.choice(entities)
        row["country_code"] = chance.choice(("FR", "FR", "FR", "MC", "DE", "CH"))
        row["vat_id"] = some(0.3, "VAT1")
        row["is_tax_exempt"] = some(0.1, "true")
        row["tax_exemption_reason"] = "Exempt" if row["is_tax_exempt"] else ""
        row["is_consolidated"] = some(0.2, "false", "true")
        row["payment_method"] = some(0.2, "card", "sepa_debit")
        row["payment_terms_days"] = some(0.2, "0", "45")
        row["purchase_order"] = some(0.1, "PO-1")
    for row in tables["subscriptions"]:
        row["invoice_group"] = some(0.2, "north", "south")
        row["payment_method"] = some(0.1, "card")
        row["payment_terms_days"] = some(0.1, "10")
        row["purchase_order"] = some(0.1, "PO-1", "PO-2")
    for row in tables["charges"]:
        row["tax_code"] = some(0.3, "reduced", "reduced", "zero", STANDARD)
    for row in tables["one_time_charges"]:
        row["tax_code"] = some(0.3, "reduced", "zero")
        row["subscription_id"] = chance.choice(
            [
                "",
                *(
                    s["subscription_id"]
                    for s in tables["subscriptions"]
                    if s["account_id"] == row["account_id"]
                ),
            ]
        )
    tables["tax_rates"] = list(_tax_rates(chance))


def _tax_rates(chance: random.Random) -> Iterator[Cells]:
    for country, rate in (("FR", "5.5"), ("DE", "7")):
        row = {"tax_code": "reduced", "country_code": country, "valid_from": "", "rate": rate}
        yield row
        if chance.random() < 0.3:
            yield {**row, "valid_from": "2024-03-01", "rate": "6.125"}
        reason = "Article 263" if country == "FR" else ""
        yield {
            **row,
            "tax_code": "zero",
            "rate": "0",
            "category": chance.choice(("Z", "E")),
            "exemption_reason": reason or "Rate of zero",
        }


def _landings(
    chance: random.Random, tables: Tables, script: tuple[Close, ...], punctual: frozenset[str]
) -> Iterator[Fact]:
    """Every row once: most on time, some late, some early; now and then a reference row late."""
    last = len(script) - 1
    late = chance.choice(LATE_REFERENCES) if chance.random() < 0.25 else ""
    for table, rows in tables.items():
        late_row = chance.choice(rows) if table == late and rows else None
        for row in rows:
            step = 0
            if row is late_row and row.get("account_id") not in punctual:
                step = chance.randint(1, max(last, 1))
            elif table in EASILY_LATE:
                step = max(0, chance.randint(-last, last))
            elif table in DAYS_OF:
                step = _arrival(chance, date.fromisoformat(row[DAYS_OF[table]][:10]), script)
            yield Fact(min(step, last), table, row)


def _arrival(chance: random.Random, day: date, script: tuple[Close, ...]) -> int:
    kind = chance.random()
    if kind < 0.3:
        return chance.randrange(len(script))
    if kind < 0.5:
        return 0
    return next((step for step, close in enumerate(script) if close.on > day), 0)
