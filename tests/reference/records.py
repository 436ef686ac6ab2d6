"""The landed rows of a company as typed records, with the contract's defaults filled in."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from fractions import Fraction
from zoneinfo import ZoneInfo

Row = Mapping[str, str]
Rows = Mapping[str, Sequence[Row]]

# Bounds that are missing: nothing starts before the one or ends after the other.
ALWAYS = date(1, 1, 1)
NEVER = date(9999, 1, 1)

EVENT_TABLES = {"subscription_changes", "usage_events", "one_time_charges", "prepaid_credits"}


@dataclass(frozen=True)
class Account:
    """A customer, in the time zone and with the proration of its seller."""

    account_id: str
    entity_id: str
    payer_account_id: str
    currency: str
    billing_period: str
    billing_anchor: date | None
    zone: ZoneInfo
    proration: str
    billing_starts_on: date


@dataclass(frozen=True)
class Charge:
    """A priced component of a plan."""

    charge_id: str
    plan_id: str
    kind: str
    model: str
    meter_id: str
    timing: str
    period: str
    rating_period: str
    is_anniversary: bool
    proration: str
    included_units: Fraction
    minimum_amount: Fraction | None
    maximum_amount: Fraction | None
    filters: Mapping[str, tuple[str, ...]]
    group_by: str
    is_pooled: bool


@dataclass(frozen=True)
class Tier:
    """A row of a price table; what it leaves empty is None."""

    valid_from: date
    subscription_id: str
    from_units: Fraction
    to_units: Fraction | None
    unit_price: Fraction | None
    flat_price: Fraction | None
    package_size: Fraction | None
    rate: Fraction | None
    fixed_per_event: Fraction | None
    minimum_per_event: Fraction | None
    maximum_per_event: Fraction | None
    free_events: Fraction | None


@dataclass(frozen=True)
class Subscription:
    """A plan that an account holds."""

    subscription_id: str
    account_id: str
    plan_id: str
    starts_on: date
    ends_on: date
    quantity: Fraction
    trial_ends_on: date


@dataclass(frozen=True)
class Change:
    """What becomes of a subscription from a day on."""

    change_id: str
    effective_on: date
    change: str
    quantity: Fraction | None
    plan_id: str


@dataclass(frozen=True)
class Meter:
    """How events become a quantity."""

    aggregation: str
    property: str
    carries_changes: bool
    carries_over: bool
    divisor: Fraction
    rounding: str
    rounding_unit: Fraction


@dataclass(frozen=True)
class Event:
    """A fact of usage at an instant, its properties as text."""

    occurred_at: datetime
    event_id: str
    quantity: Fraction
    properties: Mapping[str, str]


@dataclass(frozen=True)
class OneTimeCharge:
    """A charge that is billed by itself, by its amount or by a charge's price."""

    item_id: str
    account_id: str
    occurred_on: date
    amount: Fraction | None
    charge_id: str
    quantity: Fraction
    subscription_id: str
    currency: str


@dataclass(frozen=True)
class Allowance:
    """What is taken off lines or invoices; of the account, its own and all that it pays for."""

    allowance_id: str
    account_id: str
    subscription_id: str
    charge_id: str
    is_percent: bool
    value: Fraction
    currency: str
    is_on_invoices: bool
    starts_on: date
    ends_on: date
    max_uses: int | None
    required_plans: tuple[str, ...]


@dataclass(frozen=True)
class Commitment:
    """The least that a subscription or an account is billed for each period."""

    commitment_id: str
    account_id: str
    subscription_id: str
    amount: Fraction
    currency: str
    period: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Lot:
    """Credit that was paid for in advance."""

    credit_id: str
    account_id: str
    amount: Fraction
    currency: str
    granted_on: date
    expires_on: date
    priority: int


@dataclass
class Company:
    """All that landed for a company, by the names under which it is looked up."""

    accounts: dict[str, Account] = field(default_factory=dict)
    charges: dict[str, Charge] = field(default_factory=dict)
    prices: dict[tuple[str, str], list[Tier]] = field(default_factory=lambda: defaultdict(list))
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    changes: dict[str, list[Change]] = field(default_factory=lambda: defaultdict(list))
    meters: dict[str, Meter] = field(default_factory=dict)
    events: dict[tuple[str, str], list[Event]] = field(default_factory=lambda: defaultdict(list))
    one_time_charges: list[OneTimeCharge] = field(default_factory=list)
    allowances: list[Allowance] = field(default_factory=list)
    commitments: list[Commitment] = field(default_factory=list)
    lots: list[Lot] = field(default_factory=list)

    def payer_of(self, account: Account) -> Account:
        """The last of the chain of payers, which is the account itself where nobody pays for it."""
        seen = {account.account_id}
        while account.payer_account_id not in {"", account.account_id}:
            account = self.accounts[account.payer_account_id]
            if account.account_id in seen:
                raise ValueError(f"the payers of {account.account_id} form a loop")
            seen.add(account.account_id)
        return account

    def charges_of(self, plan_id: str) -> list[Charge]:
        """What the plan is made of."""
        return [charge for charge in self.charges.values() if charge.plan_id == plan_id]


def day(text: str, missing: date) -> date:
    """A date of the contract."""
    return date.fromisoformat(text) if text else missing


def number(text: str | None) -> Fraction | None:
    """An exact number of the contract, None where it is empty."""
    return Fraction(text) if text else None


def is_true(text: str) -> bool:
    """A boolean of the contract that is false by default."""
    return text.lower() in {"true", "t", "1"}


def instant(text: str, zone: ZoneInfo) -> datetime:
    """Rule 23: no offset means UTC, a bare date its local midnight."""
    if len(text) == len("2024-01-31"):
        return datetime.combine(date.fromisoformat(text), time(), zone).astimezone(UTC)
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def as_text(value: object) -> str:
    """A JSON value as the text that filters and groups compare (rule 24)."""
    return value if isinstance(value, str) else json.dumps(value)


def properties(text: str) -> dict[str, str]:
    """A JSON object with its numbers as they were written; a null is a missing property."""
    given = json.loads(text or "{}", parse_float=str, parse_int=str)
    return {name: as_text(value) for name, value in given.items() if value is not None}


def filters(text: str) -> dict[str, tuple[str, ...]]:
    """The values that each property may have."""
    given = json.loads(text or "{}", parse_float=str, parse_int=str)
    return {
        name: tuple(as_text(value) for value in (values if isinstance(values, list) else [values]))
        for name, values in given.items()
    }


def current_rows(rows: Rows, table: str, *key: str) -> list[Row]:
    """One row a key (rule 34): of references the last one changed, of events the first kept."""
    chosen: dict[tuple[str, ...], Row] = {}
    withdrawn = set()
    for row in rows.get(table, ()):
        identity = tuple(row.get(column, "") for column in key)
        if table in EVENT_TABLES and is_true(row.get("withdrawn", "")):
            withdrawn.add(identity)
        elif identity not in chosen or (
            table not in EVENT_TABLES and _changed_at(row) >= _changed_at(chosen[identity])
        ):
            chosen[identity] = row
    return [row for identity, row in chosen.items() if identity not in withdrawn]


def _changed_at(row: Row) -> datetime:
    text = row.get("updated_at", "")
    return instant(text, ZoneInfo("UTC")) if text else datetime.combine(ALWAYS, time(), UTC)
