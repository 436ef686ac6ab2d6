"""Documents of every kind beside the plain ones: sums are typed in, not computed."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from renderers.document import (
    AccountLines,
    AccountTotal,
    Address,
    Buyer,
    Comparison,
    Document,
    Drawdown,
    Proration,
    ServiceChange,
    ServiceSection,
    TaxGroup,
    Totals,
    UsageChart,
    UsageDay,
)
from tests.renderers import samples
from tests.renderers.samples import fine, money

LONG_NAME = "Ångström" * 25  # 200 characters without a space


def totals(net: str, tax: str, total: str, **changes: object) -> Totals:
    """What is due is the total, unless said otherwise."""
    plain = Totals(money(net), money("0"), money(tax), money(total), money("0"), money(total))
    return replace(plain, **changes)  # type: ignore[arg-type]


def daily_chart() -> UsageChart:
    """Thirty days of 10 and 31 of 8: the peak is 22 on the 11th, 312 and 248 in all."""
    start, before = date(2023, 11, 1), date(2023, 10, 1)
    days = tuple(
        UsageDay(
            day=start + timedelta(days=n) if n < 30 else None,
            quantity=None if n >= 30 else fine("22") if n == 10 else fine("10"),
            previous_day=before + timedelta(days=n),
            previous_quantity=fine("8"),
        )
        for n in range(31)
    )
    return UsageChart(
        service="Électricité",
        description="Consommation",
        unit="kWh",
        period_start=start,
        period_end=date(2023, 12, 1),
        quantity=fine("312"),
        days=days,
        previous_start=before,
        previous_end=start,
        previous_quantity=fine("248"),
    )


def with_chart() -> Document:
    """By transfer: a QR code, a chart, a new service, one that ended, one that costs more.

    62.40 and 20.00 are 82.40; 16.48 of tax; 98.88 in all, 27.12 less than before.
    """
    usage = samples.line(
        1,
        "Consommation",
        "62.40",
        line_type="usage",
        quantity=fine("312"),
        unit="kWh",
        unit_price=fine("0.2"),
        plan_name="Électricité Constante",
        subscription_id="ELE-0001",
        service_start=date(2023, 11, 1),
        service_end=date(2023, 12, 1),
    )
    seat = samples.line(2, "Poste", "20.00", plan_name="Suite Pro", subscription_id="S-0007")
    changes = (
        ServiceChange("Mobile", money("55.40"), None, money("-55.40")),
        ServiceChange("Logiciels", None, money("20"), money("20")),
        ServiceChange("Électricité", money("49.60"), money("62.40"), money("12.80")),
    )
    return Document(
        header=samples.header(
            "EST-2023-000077",
            issue_date=date(2023, 12, 1),
            due_date=date(2023, 12, 31),
            bill_date=date(2023, 12, 1),
            period_start=date(2023, 11, 1),
            period_end=date(2023, 12, 1),
        ),
        seller=samples.SELLER,
        buyer=samples.BAKERY,
        sections=(
            samples.section("Électricité", "62.40", usage),
            samples.section("Logiciels", "20.00", seat),
        ),
        taxes=(TaxGroup("S", money("20"), money("82.40"), money("16.48")),),
        totals=totals("82.40", "16.48", "98.88"),
        comparison=Comparison(
            "EST-2023-000042", date(2023, 11, 1), money("126"), money("-27.12"), changes
        ),
        charts=(daily_chart(),),
    )


def foreign_currency() -> Document:
    """In dollars for a customer in France: 22.00 of tax at 0.92 are 20.24 euros."""
    seat = samples.line(1, "Seat", "110.00", quantity=fine("5"), unit_price=fine("22"))
    return Document(
        header=samples.header("EST-2023-000060", currency="USD", locale="en_US"),
        seller=samples.SELLER,
        buyer=samples.BAKERY,
        sections=(samples.section("Software", "110.00", seat),),
        taxes=(TaxGroup("S", money("20"), money("110"), money("22")),),
        totals=totals(
            "110",
            "22",
            "132",
            accounting_currency="EUR",
            exchange_rate=fine("0.92"),
            accounting_tax_amount=money("20.24"),
        ),
    )


def prepaid() -> Document:
    """120.00 of which two lots pay 10.00 and 100.00: 10.00 are due."""
    seat = samples.line(1, "Poste", "100.00", quantity=fine("5"), unit_price=fine("20"))
    return Document(
        header=samples.header("EST-2023-000061"),
        seller=samples.SELLER,
        buyer=samples.BAKERY,
        sections=(samples.section("Logiciels", "100.00", seat),),
        taxes=(TaxGroup("S", money("20"), money("100"), money("20")),),
        totals=totals("100", "20", "120", prepaid_amount=money("110"), due_amount=money("10")),
        drawdowns=(
            Drawdown("GIFT", "Carte cadeau", money("10"), money("0"), date(2024, 1, 1)),
            Drawdown("PACK-1", "Pack 2023", money("100"), money("21.28"), date(2024, 1, 1)),
        ),
    )


def carried_forward() -> Document:
    """80.00 less 54.84 that were carried: 25.16, 5.03 of tax."""
    note = samples.credit_note()
    (adjustment,) = note.sections[0].accounts[0].lines
    seat = samples.line(1, "Poste", "80.00", quantity=fine("4"), unit_price=fine("20"))
    return Document(
        header=samples.header("EST-2023-000062"),
        seller=samples.SELLER,
        buyer=samples.BAKERY,
        sections=(samples.section("Logiciels", "25.16", seat, replace(adjustment, line_number=2)),),
        taxes=(TaxGroup("S", money("20"), money("25.16"), money("5.03")),),
        totals=totals("25.16", "5.03", "30.19"),
        carried_from=date(2023, 10, 1),
    )


def german_invoice() -> Document:
    """In German, by SEPA transfer, reverse-charged, a part of a period: half of 48.00 is 24.00."""
    plain = samples.reverse_charge()
    part = samples.line(
        1,
        "Arbeitsplatz",
        "24.00",
        tax_category="AE",
        tax_rate=money("0"),
        quantity=fine("2"),
        unit_price=fine("24"),
        service_start=date(2023, 11, 16),
        service_end=date(2023, 12, 1),
        proration=Proration(15, 30, explains_amount=True),
    )
    reason = "Steuerschuldnerschaft des Leistungsempfängers (Richtlinie 2006/112/EG, Artikel 196)"
    return replace(
        plain,
        header=samples.header("EST-2023-000063", locale="de_DE"),
        sections=(samples.section("Software", "24.00", part),),
        taxes=(TaxGroup("AE", money("0"), money("24"), money("0"), reason),),
        totals=totals("24", "0", "24"),
    )


def annexed_invoice() -> Document:
    """A family of two with 24 lines each: the first page sums up, an annex has them."""
    accounts = ("Siège", "Atelier de Brest")
    section = ServiceSection(
        "Mobile",
        money("48"),
        tuple(
            AccountLines(
                name,
                money("24"),
                tuple(
                    samples.line(place * 24 + n, f"Ligne {place * 24 + n:02}", "1.00")
                    for n in range(1, 25)
                ),
            )
            for place, name in enumerate(accounts)
        ),
    )
    return Document(
        header=samples.header("EST-2023-000064"),
        seller=samples.SELLER,
        buyer=samples.BAKERY,
        sections=(section,),
        taxes=(TaxGroup("S", money("20"), money("48"), money("9.60")),),
        totals=totals("48", "9.60", "57.60"),
        account_totals=tuple(AccountTotal(name, money("24")) for name in accounts),
    )


def discounted() -> Document:
    """100.00 less 10.00 on the whole: 90.00, 18.00 of tax."""
    seat = samples.line(1, "Poste", "100.00", quantity=fine("5"), unit_price=fine("20"))
    allowance = replace(samples.line(2, "Bienvenue", "-10.00"), line_type="allowance")
    return Document(
        header=samples.header("EST-2023-000065", payment_method="card"),
        seller=samples.SELLER,
        buyer=samples.BAKERY,
        sections=(samples.section("Logiciels", "100.00", seat),),
        taxes=(TaxGroup("S", money("20"), money("90"), money("18")),),
        totals=totals("90", "18", "108", allowance_amount=money("10"), lines_amount=money("100")),
        allowances=(allowance,),
    )


def arabic_buyer() -> Document:
    """To a customer in Casablanca whose name reads from right to left: outside the scope."""
    buyer = Buyer(
        account_id="C-4001",
        name="شركة النور للطاقة",
        address=Address("12 شارع الحسن الثاني", None, "20000", "الدار البيضاء", "MA"),
    )
    plain = samples.reverse_charge()
    reason = "Outside the scope of VAT (Directive 2006/112/EC, articles 44 and 59)"
    line = replace(plain.sections[0].accounts[0].lines[0], tax_category="O")
    return replace(
        plain,
        header=samples.header("EST-2023-000066", locale="en_GB"),
        buyer=buyer,
        sections=(samples.section("Software", "240.00", line),),
        taxes=(TaxGroup("O", money("0"), money("240"), money("0"), reason),),
    )


def longest_names() -> Document:
    """Every name 200 characters long without a space, and a number of twelve digits."""
    plain = with_chart()
    line = samples.line(
        1,
        LONG_NAME,
        "123456789012.34",
        plan_name=LONG_NAME,
        subscription_id=LONG_NAME,
        unit=LONG_NAME[:40],
        quantity=fine("1234567890.123456789012"),
        unit_price=fine("0.000000000001"),
    )
    account = AccountLines(LONG_NAME, line.net_amount, (line,))
    change = ServiceChange(LONG_NAME, None, Decimal("123456789012.34"), Decimal("123456789012.34"))
    assert plain.comparison is not None
    return replace(
        plain,
        seller=replace(plain.seller, name=LONG_NAME, email=LONG_NAME),
        buyer=replace(plain.buyer, name=LONG_NAME, account_id=LONG_NAME, vat_id=LONG_NAME),
        sections=(ServiceSection(LONG_NAME, line.net_amount, (account,)),),
        account_totals=(AccountTotal(LONG_NAME, line.net_amount),),
        comparison=replace(plain.comparison, changes=(change,)),
        charts=(replace(plain.charts[0], description=LONG_NAME, unit=LONG_NAME[:40]),),
        totals=totals("123456789012.34", "0", "123456789012.34"),
    )
