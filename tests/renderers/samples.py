"""Documents to render, each checked by hand: sums are typed in, not computed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from renderers.document import (
    AccountLines,
    AccountTotal,
    Address,
    Buyer,
    Correction,
    Document,
    Header,
    Line,
    Proration,
    Seller,
    ServiceSection,
    TaxGroup,
    Tier,
    Totals,
)

NOVEMBER = (date(2023, 10, 1), date(2023, 11, 1))

SELLER = Seller(
    entity_id="estuaire",
    name="Estuaire Services",
    address=Address("18 quai des Chantiers imaginaires", None, "44200", "Nantes", "FR"),
    currency="EUR",
    registration_id="012045878",
    register_city="Nantes",
    legal_form="SAS",
    share_capital="480 000 €",
    vat_id="FR05012045878",
    email="facturation@estuaire.example",
    phone="+33 1 99 00 41 70",
    iban="FR7699999000440000120458726",
    bic="ESTUFRP1XXX",
    creditor_id="FR84ZZZ999441",
    late_penalty_rate=Decimal("12.660000000000"),
    recovery_fee=Decimal("40.000000000000"),
    early_payment_terms="Pas d'escompte pour paiement anticipé.",
    is_vat_on_debits=True,
    operation_category="M",
    terms="Conditions générales de vente sur estuaire.example/cgv.",
)

BAKERY = Buyer(
    account_id="C-1001",
    name="Boulangerie Le Fournil d'Adèle",
    address=Address("1 rue des Glycines", None, "85000", "La Roche-sur-Yon", "FR"),
    registration_id="023100472",
    vat_id="FR69023100472",
    payment_reference="M-2023-10101",
)


def money(text: str) -> Decimal:
    """An amount as the ledger holds it, with four decimals."""
    return Decimal(text).quantize(Decimal("0.0001"))


def fine(text: str) -> Decimal:
    """A quantity or a price as the ledger holds it, with twelve decimals."""
    return Decimal(text).quantize(Decimal("0.000000000001"))


def header(number: str = "EST-2023-000042", **changes: object) -> Header:
    """The head of an invoice for October 2023, issued on 1 November."""
    plain = Header(
        invoice_id="9f2c",
        number=number,
        kind="invoice",
        issue_date=date(2023, 11, 1),
        due_date=date(2023, 11, 16),
        bill_date=date(2023, 11, 1),
        period_start=NOVEMBER[0],
        period_end=NOVEMBER[1],
        currency="EUR",
        minor_units=2,
        locale="fr_FR",
        payment_method="bank_transfer",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def line(line_number: int, description: str, net: str, **changes: object) -> Line:
    """A domestic line of October 2023 at 20 %."""
    plain = Line(
        line_number=line_number,
        line_type="recurring",
        description=description,
        net_amount=money(net),
        tax_category="S",
        tax_rate=money("20"),
        service_start=NOVEMBER[0],
        service_end=NOVEMBER[1],
        quantity=fine("1"),
        unit_price=fine(net.lstrip("-")),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def section(service: str | None, net: str, *lines: Line) -> ServiceSection:
    """A service that only the payer consumed."""
    amount = money(net)
    return ServiceSection(service, amount, (AccountLines(None, amount, lines),))


def french_invoice() -> Document:
    """One page: three services, a stub in words, tiers, two VAT rates, 5.5 % and 20 %.

    14.52 at 5.5 % is 0.80; 233.60 at 20 % is 46.72; 248.12 + 47.52 = 295.64.
    """
    electricity = section(
        "Électricité",
        "98.40",
        line(
            1,
            "Abonnement",
            "14.52",
            plan_name="Électricité Constante",
            subscription_id="S-0101",
            tax_rate=money("5.5"),
            service_start=date(2023, 11, 1),
            service_end=date(2023, 12, 1),
        ),
        line(
            2,
            "Consommation",
            "83.88",
            line_type="usage",
            plan_name="Électricité Constante",
            subscription_id="S-0101",
            quantity=fine("412.387"),
            unit="kWh",
            unit_price=fine("0.2034"),
        ),
    )
    cloud = section(
        "Cloud",
        "114.44",
        line(
            3,
            "Jetons lus",
            "0.44",
            line_type="usage",
            plan_name="Passerelle IA",
            subscription_id="S-0377",
            quantity=fine("35216"),
            unit="jeton",
            unit_price=fine("0.0000125"),
        ),
        line(
            4,
            "Trafic sortant",
            "114.00",
            line_type="usage",
            plan_name="Diffusion de fichiers",
            subscription_id="S-0378",
            quantity=fine("1250"),
            unit="Go",
            unit_price=None,
            tiers=(
                Tier(fine("0"), fine("1000"), fine("1000"), fine("0.09"), None, fine("90")),
                Tier(fine("1000"), None, fine("250"), fine("0.08"), fine("4"), fine("24")),
            ),
        ),
    )
    software = section(
        "Logiciels",
        "35.28",
        line(
            5,
            "Poste",
            "35.28",
            plan_name="Suite Pro",
            subscription_id="S-0512",
            quantity=fine("2"),
            unit="poste",
            unit_price=fine("24.86"),
            proration=Proration(22, 31),
            service_start=date(2023, 10, 10),
            service_end=date(2023, 11, 1),
        ),
    )
    return Document(
        header=header(payment_method="sepa_debit", purchase_order="BC-7781"),
        seller=SELLER,
        buyer=BAKERY,
        sections=(electricity, cloud, software),
        taxes=(
            TaxGroup("S", money("5.5"), money("14.52"), money("0.80")),
            TaxGroup("S", money("20"), money("233.60"), money("46.72")),
        ),
        totals=Totals(
            money("248.12"),
            money("0"),
            money("47.52"),
            money("295.64"),
            money("0"),
            money("295.64"),
        ),
    )


def family_invoice() -> Document:
    """English, several pages: three accounts of a family, four services each.

    For each account and service ten lines of 12.50: 500.00 an account and 375.00 a service.
    """
    names = ("Head office", "Brick Lane Studio", "Warehouse & Returns")
    services = ("Electricity", "Mobile", "Cloud", "Software")
    sections = tuple(
        ServiceSection(
            service,
            money("375"),
            tuple(
                AccountLines(
                    name,
                    money("125"),
                    tuple(
                        line(
                            place * 30 + account * 10 + item + 1,
                            f"{service} line {item + 1}",
                            "12.50",
                            subscription_id=f"S-{place}{account}{item:02}",
                            tax_category="O",
                            tax_rate=money("0"),
                        )
                        for item in range(10)
                    ),
                )
                for account, name in enumerate(names)
            ),
        )
        for place, service in enumerate(services)
    )
    buyer = Buyer(
        account_id="C-2001",
        name="Harbour & Finch Ltd",
        address=Address("4 Old Rope Walk", "Unit 7", "BS1 4XX", "Bristol", "GB"),
        delivery_address=Address("1 Quay Road", None, "BS1 5XX", "Bristol", "GB"),
        buyer_reference="HF/2023/11",
        contract_reference="CTR-88",
    )
    return Document(
        header=header(
            "EST-2023-000043",
            locale="en_GB",
            currency="GBP",
            payment_method="bank_transfer",
            purchase_order="PO-55120",
        ),
        seller=SELLER,
        buyer=buyer,
        sections=sections,
        taxes=(
            TaxGroup(
                "O",
                money("0"),
                money("1500"),
                money("0"),
                "Outside the scope of VAT (Directive 2006/112/EC, articles 44 and 59)",
            ),
        ),
        totals=Totals(
            money("1500"), money("0"), money("0"), money("1500"), money("150"), money("1350")
        ),
        account_totals=tuple(AccountTotal(name, money("500")) for name in names),
    )


def credit_note() -> Document:
    """As the ledger holds it, negative: 45.16 instead of 100.00 is -54.84, tax -10.97."""
    adjustment = line(
        1,
        "Suite Pro",
        "-54.84",
        line_type="adjustment",
        quantity=fine("-1"),
        unit_price=fine("54.84"),
        service_start=date(2023, 10, 1),
        service_end=date(2023, 10, 15),
        correction=Correction("EST-2023-000012", date(2023, 10, 1), money("100"), money("45.16")),
    )
    return Document(
        header=header("EST-AV-2023-000001", kind="credit_note"),
        seller=SELLER,
        buyer=BAKERY,
        sections=(section("Logiciels", "-54.84", adjustment),),
        taxes=(TaxGroup("S", money("20"), money("-54.84"), money("-10.97")),),
        totals=Totals(
            money("-54.84"),
            money("0"),
            money("-10.97"),
            money("-65.81"),
            money("0"),
            money("-65.81"),
        ),
    )


def reverse_charge() -> Document:
    """To a German business: no tax, and the reason why."""
    reason = "Reverse charge (Directive 2006/112/EC, article 196)"
    buyer = Buyer(
        account_id="C-3001",
        name="Möwe Logistik GmbH",
        address=Address("Speicherstraße 9", None, "20457", "Hamburg", "DE"),
        vat_id="DE999999999",
    )
    seat = line(
        1,
        "Seat",
        "240.00",
        tax_category="AE",
        tax_rate=money("0"),
        quantity=fine("10"),
        unit_price=fine("24"),
    )
    return Document(
        header=header("EST-2023-000044", locale="en_GB", payment_method="card"),
        seller=SELLER,
        buyer=buyer,
        sections=(section("Software", "240.00", seat),),
        taxes=(TaxGroup("AE", money("0"), money("240"), money("0"), reason),),
        totals=Totals(money("240"), money("0"), money("0"), money("240"), money("0"), money("240")),
    )


def long_invoice(lines: int = 500) -> Document:
    """One service with many lines of 1.00; the total is their number."""
    net = money(str(lines))
    service = section(
        "Mobile",
        str(lines),
        *(
            line(n, f"Ligne {n:04}", "1.00", subscription_id=f"M-{n:04}")
            for n in range(1, lines + 1)
        ),
    )
    return Document(
        header=header("EST-2023-000500"),
        seller=SELLER,
        buyer=BAKERY,
        sections=(service,),
        taxes=(TaxGroup("S", money("20"), net, net / 5),),
        totals=Totals(net, money("0"), net / 5, net + net / 5, money("0"), net + net / 5),
    )


def hostile_invoice() -> Document:
    """What a customer may call itself: markup, quotes, long words, every script."""
    names = {
        1: "<script>alert('x')</script>",
        2: "\"quoted\" & 'single' {{ 7 * 7 }} {% raw %}",
        3: "شركة النور للطاقة 123 (ש.ח. אור)",
        4: "株式会社東京電力 서울전력 上海电气",
        5: "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2,
        6: "Café ☕ Crème \u202eevil\u202c\x00\x1b[31m",
        7: "<img src=x onerror=alert(1)><style>@import url(http://example.invalid/x.css)</style>",
    }
    lines = tuple(
        line(n, text, "1.00", plan_name=text, subscription_id=text, unit=text[:12])
        for n, text in names.items()
    )
    plain = french_invoice()
    return replace(
        plain,
        header=replace(plain.header, number="<b>1</b>/../x", purchase_order=names[1]),
        seller=replace(plain.seller, name=names[7], email=names[2], terms=names[1]),
        buyer=replace(
            plain.buyer, name=names[5], address=Address(names[3], names[4], "1", names[6], "FR")
        ),
        sections=(section(names[1], "7.00", *lines),),
    )
