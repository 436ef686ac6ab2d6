"""Reads contract rows into a company; a row whose parent is missing waits, so it is left out."""

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from zoneinfo import ZoneInfo

from .records import (
    ALWAYS,
    NEVER,
    Account,
    Allowance,
    Change,
    Charge,
    Commitment,
    Company,
    Event,
    Lot,
    Meter,
    OneTimeCharge,
    Row,
    Rows,
    Subscription,
    Tier,
    current_rows,
    day,
    filters,
    instant,
    is_true,
    number,
    properties,
)

# The aggregations that read a number from the meter's property.
NUMERIC = {"sum", "max", "latest", "time_weighted"}


def read_company(rows: Rows) -> Company:
    """The rows of the contract's tables as one company (rule 33 for what waits)."""
    company = Company()
    _read_accounts(company, rows)
    _read_catalogue(company, rows)
    for row in current_rows(rows, "subscriptions", "subscription_id"):
        if row["account_id"] in company.accounts:
            company.subscriptions[row["subscription_id"]] = _subscription(row)
    for row in current_rows(rows, "subscription_changes", "change_id"):
        if row["subscription_id"] in company.subscriptions:
            company.changes[row["subscription_id"]].append(_change(row))
    for row in current_rows(rows, "usage_events", "event_id"):
        _read_event(company, row)
    for row in current_rows(rows, "one_time_charges", "item_id"):
        subscription_id = row.get("subscription_id", "")
        if row["account_id"] in company.accounts and (
            not subscription_id or subscription_id in company.subscriptions
        ):
            company.one_time_charges.append(_one_time_charge(company, row))
    _read_concessions(company, rows)
    for changes in company.changes.values():
        changes.sort(key=lambda change: (change.effective_on, change.change_id))
    for events in company.events.values():
        events.sort(key=lambda event: (event.occurred_at, event.event_id))
    return company


def _read_accounts(company: Company, rows: Rows) -> None:
    entities = {
        row["entity_id"]: row for row in current_rows(rows, "billing_entities", "entity_id")
    }
    for row in current_rows(rows, "accounts", "account_id"):
        entity = entities.get(row["entity_id"])
        if entity is None:
            continue
        anchor = day(row.get("billing_anchor", ""), ALWAYS)
        company.accounts[row["account_id"]] = Account(
            account_id=row["account_id"],
            entity_id=row["entity_id"],
            payer_account_id=row.get("payer_account_id", ""),
            currency=row.get("currency") or entity["currency"],
            billing_period=row.get("billing_period") or "month",
            billing_anchor=None if anchor == ALWAYS else anchor,
            zone=ZoneInfo(entity.get("timezone") or "Europe/Paris"),
            proration=entity.get("proration") or "actual",
            billing_starts_on=day(entity.get("billing_starts_on", ""), ALWAYS),
        )


def _read_catalogue(company: Company, rows: Rows) -> None:
    for row in current_rows(rows, "charges", "charge_id"):
        company.charges[row["charge_id"]] = _charge(row)
    for row in current_rows(rows, "meters", "meter_id"):
        company.meters[row["meter_id"]] = _meter(row)
    key = ("charge_id", "currency", "valid_from", "subscription_id", "from_units")
    for row in current_rows(rows, "prices", *key):
        company.prices[row["charge_id"], row["currency"]].append(_tier(row))


def _charge(row: Row) -> Charge:
    return Charge(
        charge_id=row["charge_id"],
        plan_id=row["plan_id"],
        kind=row["kind"],
        model=row["model"],
        meter_id=row.get("meter_id", ""),
        timing=row.get("timing") or "advance",
        period=row.get("period") or "month",
        rating_period=row.get("rating_period", ""),
        is_anniversary=row.get("alignment") == "anniversary",
        proration=row.get("proration", ""),
        included_units=number(row.get("included_units")) or Fraction(0),
        minimum_amount=number(row.get("minimum_amount")),
        maximum_amount=number(row.get("maximum_amount")),
        filters=filters(row.get("filters", "")),
        group_by=row.get("group_by", ""),
        is_pooled=is_true(row.get("pooled", "")),
    )


def _meter(row: Row) -> Meter:
    return Meter(
        aggregation=row["aggregation"],
        property=row.get("property", ""),
        carries_changes=row.get("event_carries") == "change",
        carries_over=is_true(row.get("carries_over", "")),
        divisor=Fraction(row.get("divisor") or 1),
        rounding=row.get("rounding") or "none",
        rounding_unit=Fraction(row.get("rounding_unit") or 1),
    )


def _tier(row: Row) -> Tier:
    def cell(name: str) -> Fraction | None:
        return number(row.get(name))

    return Tier(
        valid_from=day(row.get("valid_from", ""), ALWAYS),
        subscription_id=row.get("subscription_id", ""),
        from_units=cell("from_units") or Fraction(0),
        to_units=cell("to_units"),
        unit_price=cell("unit_price"),
        flat_price=cell("flat_price"),
        package_size=cell("package_size"),
        rate=cell("rate"),
        fixed_per_event=cell("fixed_per_event"),
        minimum_per_event=cell("minimum_per_event"),
        maximum_per_event=cell("maximum_per_event"),
        free_events=cell("free_events"),
    )


def _subscription(row: Row) -> Subscription:
    return Subscription(
        subscription_id=row["subscription_id"],
        account_id=row["account_id"],
        plan_id=row["plan_id"],
        starts_on=day(row["starts_on"], ALWAYS),
        ends_on=day(row.get("ends_on", ""), NEVER),
        quantity=Fraction(row.get("quantity") or 1),
        trial_ends_on=day(row.get("trial_ends_on", ""), ALWAYS),
    )


def _change(row: Row) -> Change:
    return Change(
        change_id=row["change_id"],
        effective_on=day(row["effective_on"], ALWAYS),
        change=row["change"],
        quantity=number(row.get("quantity")),
        plan_id=row.get("plan_id", ""),
    )


def _read_event(company: Company, row: Row) -> None:
    subscription = company.subscriptions.get(row["subscription_id"])
    if subscription is None or row["meter_id"] not in company.meters:
        return
    zone = company.accounts[subscription.account_id].zone
    meter = company.meters[row["meter_id"]]
    facts = properties(row.get("properties", ""))
    read = [row.get("quantity") or "1"]
    if meter.aggregation in NUMERIC and facts.get("operation") is None:
        read.append(facts.get(meter.property, "0"))
    if not all(_is_number(text) for text in read):
        return
    event = Event(
        occurred_at=instant(row["occurred_at"], zone),
        event_id=row["event_id"],
        quantity=Fraction(row.get("quantity") or 1),
        properties=facts,
    )
    company.events[row["subscription_id"], row["meter_id"]].append(event)


def _is_number(text: str) -> bool:
    """Rule 23: NaN and words are rejected, so that they disturb nobody else."""
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _one_time_charge(company: Company, row: Row) -> OneTimeCharge:
    return OneTimeCharge(
        item_id=row["item_id"],
        account_id=row["account_id"],
        occurred_on=day(row["occurred_on"], ALWAYS),
        amount=number(row.get("amount")),
        charge_id=row.get("charge_id", ""),
        quantity=Fraction(row.get("quantity") or 1),
        subscription_id=row.get("subscription_id", ""),
        currency=row.get("currency") or company.accounts[row["account_id"]].currency,
    )


def _read_concessions(company: Company, rows: Rows) -> None:
    """What is taken off, committed to and paid for in advance, by accounts that have landed."""
    for row in current_rows(rows, "allowances", "allowance_id"):
        account_id = _holder(company, row)
        if account_id in company.accounts:
            company.allowances.append(_allowance(company, account_id, row))
    for row in current_rows(rows, "commitments", "commitment_id"):
        account_id = _holder(company, row)
        if account_id in company.accounts:
            company.commitments.append(
                Commitment(
                    commitment_id=row["commitment_id"],
                    account_id=account_id,
                    subscription_id=row.get("subscription_id", ""),
                    amount=Fraction(row["amount"]),
                    currency=row["currency"],
                    period=row["period"],
                    starts_on=day(row.get("starts_on", ""), ALWAYS),
                    ends_on=day(row.get("ends_on", ""), NEVER),
                )
            )
    company.lots += [each for each in read_lots(rows) if each.account_id in company.accounts]


def read_lots(rows: Rows) -> list[Lot]:
    """The lots that were not withdrawn."""
    return [
        Lot(
            credit_id=row["credit_id"],
            account_id=row["account_id"],
            amount=Fraction(row["amount"]),
            currency=row["currency"],
            granted_on=day(row["granted_on"], ALWAYS),
            expires_on=day(row.get("expires_on", ""), NEVER),
            priority=int(row.get("priority") or 0),
        )
        for row in current_rows(rows, "prepaid_credits", "credit_id")
    ]


def _holder(company: Company, row: Row) -> str:
    """The account of a row that names one, or a subscription."""
    subscription = company.subscriptions.get(row.get("subscription_id", ""))
    return row.get("account_id") or (subscription.account_id if subscription else "")


def _allowance(company: Company, account_id: str, row: Row) -> Allowance:
    """An amount without a currency is in the account's."""
    is_percent = row["kind"] == "percent"
    own_currency = "" if is_percent else company.accounts[account_id].currency
    return Allowance(
        allowance_id=row["allowance_id"],
        account_id=row.get("account_id", ""),
        subscription_id=row.get("subscription_id", ""),
        charge_id=row.get("charge_id", ""),
        is_percent=is_percent,
        value=Fraction(row["value"]),
        currency=row.get("currency") or own_currency,
        is_on_invoices=row.get("level") == "invoice",
        starts_on=day(row.get("starts_on", ""), ALWAYS),
        ends_on=day(row.get("ends_on", ""), NEVER),
        max_uses=int(row["max_uses"]) if row.get("max_uses") else None,
        required_plans=tuple(
            plan.strip() for plan in row.get("required_plans", "").split(",") if plan.strip()
        ),
    )
