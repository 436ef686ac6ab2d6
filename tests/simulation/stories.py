"""What becomes of one small company: each landed row, and before which close it lands.

A story is a flat list of facts, so that any of them can be left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tests.reference.catalogues import Cells
from tests.reference.worlds import ID_COLUMNS, Tables

KEYS = {
    "billing_entities": ("entity_id",),
    "accounts": ("account_id",),
    "plans": ("plan_id",),
    "charges": ("charge_id",),
    "prices": ("charge_id", "currency", "valid_from", "subscription_id", "from_units"),
    "subscriptions": ("subscription_id",),
    "subscription_changes": ("change_id",),
    "meters": ("meter_id",),
    "usage_events": ("event_id",),
    "one_time_charges": ("item_id",),
    "tax_rates": ("tax_code", "country_code", "valid_from"),
    "allowances": ("allowance_id",),
    "commitments": ("commitment_id",),
    "prepaid_credits": ("credit_id",),
}
EVENT_KEYS = {
    "subscription_changes": "change_id",
    "usage_events": "event_id",
    "one_time_charges": "item_id",
    "prepaid_credits": "credit_id",
}
# The rates that all companies of a warehouse share, and none changes.
STANDARD = "standard"
STANDARD_RATES: Tables = {
    "tax_rates": [
        {"tax_code": STANDARD, "country_code": country, "valid_from": "", "rate": rate}
        for country, rate in (("FR", "20"), ("DE", "19"), ("CH", "8.1"))
    ],
    # Sellers whose currency is another one state no tax in it.
    "exchange_rates": [
        {"currency": currency, "base_currency": "EUR", "valid_from": day, "rate": rate}
        for currency, day, rate in (
            ("USD", "", "0.92"),
            ("USD", "2024-03-05", "0.921658986175"),
            ("JPY", "2024-02-10", "0.0061"),
            ("JPY", "2024-04-02", "0.006083721"),
            ("KWD", "", "3.005"),
        )
    ],
}


@dataclass(frozen=True)
class Close:
    """A date that is closed, or `is_killed` at `point` or at a part of its time, and closed."""

    on: date
    is_killed: bool = False
    point: str = ""
    part: float = 0.0


@dataclass(frozen=True)
class Fact:
    """A row that lands before the close of that number."""

    step: int
    table: str
    row: Cells

    @property
    def key(self) -> tuple[str, ...]:
        """What the contract knows the row by."""
        return (self.table, *(self.row.get(column, "") for column in KEYS[self.table]))


@dataclass(frozen=True)
class Story:
    """A company by its name, which is part of all its keys."""

    name: str
    facts: tuple[Fact, ...]

    def landed_by(self, step: int) -> Tables:
        """All rows that have landed when a close begins, in order of landing."""
        tables: Tables = defaultdict(list)
        for table, rows in STANDARD_RATES.items():
            tables[table] += rows
        for fact in sorted(self.facts, key=lambda fact: fact.step):
            if fact.step <= step:
                tables[fact.table].append(fact.row)
        return tables

    def without(self, left_out: Iterable[Fact]) -> "Story":
        """The same story had these facts not been."""
        gone = {id(fact) for fact in left_out}
        return replace(self, facts=tuple(fact for fact in self.facts if id(fact) not in gone))

    def named(self, name: str) -> "Story":
        """The same story of a company of another name."""
        facts = tuple(replace(fact, row=_renamed(fact.row, self.name, name)) for fact in self.facts)
        return Story(name, facts)


def told(name: str, facts: Sequence[Fact]) -> Story:
    """A story of a company whose keys bear no name yet."""
    return Story("", tuple(facts)).named(name)


def _renamed(row: Cells, old: str, new: str) -> Cells:
    def renamed(column: str, text: str) -> str:
        is_key = column in ID_COLUMNS or (column == "tax_code" and text != STANDARD)
        if not text or not is_key:
            return text
        return f"{new}-{text.removeprefix(f'{old}-') if old else text}"

    cells = {column: renamed(column, text) for column, text in row.items()}
    if cells.get("required_plans"):
        plans = cells["required_plans"].split(",")
        cells["required_plans"] = ",".join(renamed("plan_id", plan) for plan in plans)
    if "item_id" in cells and "description" in cells:
        # What tells a landed charge's line from that of a plan's fee.
        cells["description"] = cells["item_id"]
    return cells
