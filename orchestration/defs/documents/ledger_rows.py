"""From rows of the ledger to a document's dataclasses: names and types, no sums.

Not here: the queries (ledger_reader), which give every sum as a column.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Any

from renderers.document import (
    AccountLines,
    AccountTotal,
    Address,
    Buyer,
    Commitment,
    Comparison,
    Correction,
    Document,
    Drawdown,
    Header,
    Line,
    Proration,
    Seller,
    ServiceChange,
    ServiceSection,
    TaxGroup,
    Tier,
    Totals,
    UsageChart,
    UsageDay,
)

Row = Mapping[str, Any]

_FALLBACK_LOCALE = "en"


class LedgerRowError(Exception):
    """A document's ledger rows do not hold what it needs."""


def document(
    row: Row,
    lines: list[Row],
    taxes: list[Row],
    drawdowns: list[Row],
    *,
    changes: Sequence[Row] = (),
    usage_days: Sequence[Row] = (),
    carried_from: date | None = None,
) -> Document:
    """The document of a `ledger.documents` row, its lines in reading order, taxes and drawdowns.

    `changes` and `usage_days` are rows of ledger_insights.

    The document's row carries `lines_amount`, what it is before its allowances. A line
    carries `is_of_document` (an allowance on all of it), `section` (its service, or
    empty), `section_amount`, `account_amount`, `account_total`, `is_for_family`,
    `corrected_number` and `corrected_issue_date` beside its own columns. Raises LedgerRowError.
    """
    try:
        seller = _object(row["seller"])
        buyer = _object(row["buyer"])
        return Document(
            header=_header(row, buyer.get("locale") or seller.get("locale") or _FALLBACK_LOCALE),
            seller=_seller(seller),
            buyer=_buyer(buyer),
            sections=_sections([line for line in lines if not line["is_of_document"]]),
            allowances=tuple(_line(line) for line in lines if line["is_of_document"]),
            taxes=tuple(_tax(tax) for tax in taxes),
            totals=Totals(
                net_amount=row["net_amount"],
                lines_amount=row["lines_amount"],
                allowance_amount=row["allowance_amount"],
                tax_amount=row["tax_amount"],
                total_amount=row["total_amount"],
                prepaid_amount=row["prepaid_amount"],
                due_amount=row["due_amount"],
                accounting_currency=row["accounting_currency"],
                exchange_rate=row["exchange_rate"],
                accounting_tax_amount=row["accounting_tax_amount"],
            ),
            drawdowns=tuple(_drawdown(drawdown) for drawdown in drawdowns),
            account_totals=_account_totals(lines),
            comparison=_comparison(changes),
            charts=_charts(usage_days),
            carried_from=carried_from,
        )
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise LedgerRowError(
            f"its ledger rows cannot be read ({type(error).__name__}: {error})"
        ) from error


def _header(row: Row, locale: str) -> Header:
    return Header(
        invoice_id=row["invoice_id"],
        number=row["invoice_number"],
        kind=row["document_type"],
        issue_date=row["issue_date"],
        due_date=row["due_date"],
        bill_date=row["bill_date"],
        period_start=row["period_start"],
        period_end=row["period_end"],
        currency=row["currency"],
        minor_units=row["minor_units"],
        locale=locale,
        payment_method=row["payment_method"],
        purchase_order=row["purchase_order"] or None,
    )


def _seller(seller: Row) -> Seller:
    return Seller(
        entity_id=seller["entity_id"],
        name=seller["name"],
        address=_address(seller),
        currency=seller["currency"],
        registration_id=seller.get("registration_id"),
        register_city=seller.get("register_city"),
        legal_form=seller.get("legal_form"),
        share_capital=seller.get("share_capital"),
        vat_id=seller.get("vat_id"),
        email=seller.get("email"),
        phone=seller.get("phone"),
        electronic_address=seller.get("electronic_address"),
        iban=seller.get("iban"),
        bic=seller.get("bic"),
        creditor_id=seller.get("creditor_id"),
        late_penalty_rate=_decimal(seller.get("late_penalty_rate")),
        recovery_fee=_decimal(seller.get("recovery_fee")),
        early_payment_terms=seller.get("early_payment_terms"),
        is_vat_on_debits=seller.get("vat_on_debits") in (True, "true"),
        operation_category=seller.get("operation_category"),
        terms=seller.get("terms"),
    )


def _buyer(buyer: Row) -> Buyer:
    delivery = Address(
        street=buyer.get("delivery_street"),
        postal_code=buyer.get("delivery_postal_code"),
        city=buyer.get("delivery_city"),
        country_code=buyer.get("delivery_country_code") or buyer.get("country_code"),
    )
    is_elsewhere = delivery.street or delivery.postal_code or delivery.city
    return Buyer(
        account_id=buyer["account_id"],
        name=buyer["name"],
        address=_address(buyer),
        delivery_address=delivery if is_elsewhere else None,
        registration_id=buyer.get("registration_id"),
        vat_id=buyer.get("vat_id"),
        email=buyer.get("email"),
        electronic_address=buyer.get("electronic_address"),
        buyer_reference=buyer.get("buyer_reference"),
        contract_reference=buyer.get("contract_reference"),
        payment_reference=buyer.get("payment_reference"),
    )


def _address(party: Row) -> Address:
    return Address(
        street=party.get("street"),
        street_2=party.get("street_2"),
        postal_code=party.get("postal_code"),
        city=party.get("city"),
        country_code=party.get("country_code"),
    )


def _sections(lines: list[Row]) -> tuple[ServiceSection, ...]:
    """Lines in the order of the query, which keeps a service and an account together."""
    return tuple(
        ServiceSection(
            service=service or None,
            net_amount=of_service[0]["section_amount"],
            accounts=tuple(
                AccountLines(
                    account_name=(
                        of_account[0]["account_name"] if of_account[0]["is_for_family"] else None
                    ),
                    net_amount=of_account[0]["account_amount"],
                    lines=tuple(_line(line) for line in of_account),
                )
                for _, of_account in _grouped(of_service, "account_id")
            ),
        )
        for service, of_service in _grouped(lines, "section")
    )


def _account_totals(lines: list[Row]) -> tuple[AccountTotal, ...]:
    """Each account of a family once, in the order of its first line."""
    totals = {
        line["account_id"]: AccountTotal(line["account_name"], line["account_total"])
        for line in lines
        if line["is_for_family"] and not line["is_of_document"]
    }
    return tuple(totals.values())


def _comparison(changes: Sequence[Row]) -> Comparison | None:
    if not changes:
        return None
    first = changes[0]
    return Comparison(
        number=first["previous_number"],
        issue_date=first["previous_issue_date"],
        previous_total_amount=first["previous_total_amount"],
        difference_amount=first["total_difference_amount"],
        changes=tuple(
            ServiceChange(
                service=change["service"] or None,
                previous_amount=change["previous_amount"],
                present_amount=change["present_amount"],
                difference_amount=change["difference_amount"],
            )
            for change in changes
            if change["difference_amount"]
        ),
    )


def _charts(usage_days: Sequence[Row]) -> tuple[UsageChart, ...]:
    return tuple(_chart(days) for _, days in _grouped(usage_days, "chart_id"))


def _chart(days: list[Row]) -> UsageChart:
    first = days[0]
    return UsageChart(
        service=first["service"] or None,
        description=first["description"] or "",
        unit=first["unit"] or None,
        period_start=first["period_start"],
        period_end=first["period_end"],
        quantity=first["total_quantity"],
        days=tuple(
            UsageDay(day["day"], day["quantity"], day["previous_day"], day["previous_quantity"])
            for day in days
        ),
        previous_start=first["previous_start"],
        previous_end=first["previous_end"],
        previous_quantity=first["previous_total_quantity"],
    )


def _grouped(lines: Sequence[Row], column: str) -> Iterator[tuple[str, list[Row]]]:
    for value, group in groupby(lines, key=itemgetter(column)):
        yield value, list(group)


def _line(row: Row) -> Line:
    breakdown = json.loads(row["price_breakdown"] or "[]")
    is_true_up = row["pricing_basis"] == "commitment"
    return Line(
        line_number=row["line_number"],
        line_type=row["line_type"],
        description=row["description"] or "",
        net_amount=row["net_amount"],
        tax_category=row["tax_category"],
        tax_rate=row["tax_rate"],
        plan_name=row["plan_name"] or None,
        subscription_id=row["subscription_id"] or None,
        charge_id=row["charge_id"] or None,
        group_value=row["group_value"] or None,
        service_start=row["service_start"],
        service_end=row["service_end"],
        quantity=row["quantity"],
        unit=row["unit"] or None,
        unit_price=row["unit_price"],
        included_units=row["included_units"] or None,
        proration=_proration(row),
        tiers=() if is_true_up else tuple(_tier(tier) for tier in breakdown),
        pricing_basis=None if is_true_up else row["pricing_basis"] or None,
        correction=_correction(row),
        commitment=_commitment(breakdown) if is_true_up else None,
    )


def _proration(row: Row) -> Proration | None:
    numerator, denominator = row["proration_numerator"], row["proration_denominator"]
    if numerator is None or denominator is None or numerator == denominator:
        return None
    days = (row["service_end"] - row["service_start"]).days
    return Proration(
        numerator,
        denominator,
        has_calendar_days=numerator == days,
        explains_amount=_is_product(row, Fraction(numerator, denominator)),
    )


def _is_product(row: Row, part: Fraction) -> bool:
    """Whether the amount is quantity x price x part, rounded to the minor unit."""
    if row["quantity"] is None or row["unit_price"] is None:
        return False
    exact = Fraction(row["quantity"]) * Fraction(row["unit_price"]) * part
    half_unit = Fraction(1, 2 * 10 ** row["minor_units"])
    return abs(exact - Fraction(row["net_amount"])) <= half_unit


def _tier(tier: Row) -> Tier:
    return Tier(
        tier_start=Decimal(tier["tier_start"]),
        tier_end=_decimal(tier["tier_end"]),
        quantity=Decimal(tier["tier_units"]),
        unit_price=_decimal(tier["unit_price"]),
        flat_price=_decimal(tier["flat_price"]),
        amount=Decimal(tier["tier_amount"]),
        package_size=_decimal(tier["package_size"]),
        rate=_decimal(tier["rate"]),
    )


def _commitment(amounts: Row) -> Commitment:
    return Commitment(
        committed_amount=Decimal(amounts["committed_amount"]),
        reached_amount=Decimal(amounts["reached_amount"]),
        missing_amount=Decimal(amounts["missing_amount"]),
    )


def _correction(row: Row) -> Correction | None:
    if row["line_type"] != "adjustment":
        return None
    return Correction(
        number=row["corrected_number"],
        issue_date=row["corrected_issue_date"],
        previous_worth=row["previous_worth"],
        present_worth=row["present_worth"],
    )


def _tax(row: Row) -> TaxGroup:
    return TaxGroup(
        tax_category=row["tax_category"],
        tax_rate=row["tax_rate"],
        taxable_amount=row["taxable_amount"],
        tax_amount=row["tax_amount"],
        exemption_reason=row["exemption_reason"] or None,
    )


def _drawdown(row: Row) -> Drawdown:
    return Drawdown(
        credit_id=row["credit_id"],
        description=row["description"] or None,
        drawn_amount=row["drawn_amount"],
        balance=row["balance_amount"],
        expires_on=row["expires_on"],
    )


def _object(text: str) -> dict[str, Any]:
    """A JSON object whose numbers are exact, and whose empty values are None."""
    read = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    return {name: None if value == "" else value for name, value in read.items()}


def _decimal(value: str | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(value)
