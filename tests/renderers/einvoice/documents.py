"""Documents drawn at random, with sums of their own: every category, kind and currency.

Amounts are put together as the ledger does: lines rounded once, tax on the sum of a
category and rate, a credit note negative.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import strategies as st

from renderers.document import (
    AccountLines,
    Address,
    Buyer,
    Correction,
    Document,
    Drawdown,
    Line,
    Proration,
    Seller,
    ServiceSection,
    TaxGroup,
    Tier,
    Totals,
)
from tests.renderers import samples

REASONS = {
    "S": None,
    "Z": "Taux zéro",
    "E": "Exonération (article 261 C du CGI, VATEX-FR-CGI261C-2)",
    "AE": "Autoliquidation (directive 2006/112/CE, article 196)",
    "K": "Livraison intracommunautaire (directive 2006/112/CE, article 138)",
    "G": "Exportation hors de l'Union européenne",
    "O": "Hors du champ de la TVA",
}
NAMES = (
    "Boulangerie Le Fournil d'Adèle & Fils",
    "<script>alert('x')</script>",
    "شركة النور للطاقة 123 (ש.ח. אור)",
    "株式会社東京電力 서울전력",
    "Café ☕ \u202eevil\u202c\x00\x1b[31m\ud800\ufffe",
    "Donaudampfschifffahrtselektrizitäten" * 40,
    "]]> <!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]> &e; &#0;",
)
UNITS = (None, "kWh", "Go", "min", "jeton", "poste", "<b>", "h")
MINOR_UNITS = {"EUR": 2, "GBP": 2, "JPY": 0}
BELGIAN = Seller(
    entity_id="escaut",
    name="Escaut Diensten",
    address=Address("1 Kaai", None, "2000", "Antwerpen", "BE"),
    currency="EUR",
    registration_id="0123.456.749",
    vat_id="BE0123456749",
    email="facturen@escaut.example",
    iban="BE71096123456769",
    creditor_id="BE69ZZZ050D000000008",
    terms="Algemene voorwaarden op escaut.example.",
)
SELLER = replace(samples.SELLER, electronic_address="0225:012045878")
GERMAN = Buyer(
    account_id="C-3001",
    name="Möwe Logistik GmbH",
    address=Address("Speicherstraße 9", None, "20457", "Hamburg", "DE"),
    vat_id="DE999999999",
    email="rechnung@moewe.example",
)
BRITISH = Buyer(
    account_id="C-2001",
    name="Harbour & Finch Ltd",
    address=Address("4 Old Rope Walk", "Unit 7", "BS1 4XX", "Bristol", "GB"),
    registration_id="01234567",
    vat_id="GB123456789",
    email="ap@harbour.example",
    buyer_reference="HF/2023/11",
    contract_reference="CTR-88",
)
HOME = (("S", "20"), ("S", "10"), ("S", "5.5"), ("S", "2.1"), ("Z", "0"), ("E", "0"))
# Who buys, and which categories and rates one document to them may hold.
SALES = (
    (samples.BAKERY, HOME),
    (replace(samples.BAKERY, registration_id="02310047200015", email="a@b.example"), HOME),
    (GERMAN, (("AE", "0"), ("K", "0"))),
    (BRITISH, (("G", "0"), ("S", "20"))),
    (BRITISH, (("O", "0"),)),
)
QUANTITIES = st.one_of(
    st.none(),
    st.decimals(0, 10**9, places=4),
    st.decimals(0, 10**5, places=12),
    st.integers(0, 50).map(Decimal),
)
PRICES = st.one_of(
    st.none(),
    st.decimals(0, 10, places=12),
    st.decimals(0, 10**4, places=2),
    st.sampled_from([Decimal("0.0000125"), Decimal("0.2034")]),
)


@dataclass(frozen=True)
class Sale:
    """The world of one document: what all of its lines share."""

    minor_units: int
    rates: tuple[tuple[str, str], ...]

    def rounded(self, amount: Decimal) -> Decimal:
        """Half away from zero, as the ledger rounds."""
        step = Decimal(1).scaleb(-self.minor_units)
        return amount.quantize(step, rounding=ROUND_HALF_UP).quantize(Decimal("0.0001"))


@st.composite
def lines_drawn(draw: st.DrawFn, sale: Sale, number: int) -> Line:
    """A line of any type; half of them are priced by quantity and price."""
    category, rate = draw(st.sampled_from(sale.rates))
    quantity, unit_price = draw(QUANTITIES), draw(PRICES)
    if quantity is not None and unit_price is not None and draw(st.booleans()):
        net_amount = sale.rounded(quantity * unit_price)
    else:
        net_amount = sale.rounded(draw(st.decimals(-300, 5000, places=2)))
    start = draw(st.dates(date(2023, 1, 1), date(2023, 12, 31)))
    plain = samples.line(
        number,
        draw(st.sampled_from(["Consommation", "Abonnement", "", *NAMES])),
        "0",
        net_amount=net_amount,
        line_type=draw(st.sampled_from(["recurring", "usage", "one_time", "true_up"])),
        tax_category=category,
        tax_rate=samples.money(rate),
        plan_name=draw(st.sampled_from([None, *NAMES])),
        subscription_id=f"S-{number}",
        charge_id="C-1",
        group_value=draw(st.sampled_from([None, "eu-west", NAMES[0]])),
        quantity=quantity,
        unit=draw(st.sampled_from(UNITS)),
        unit_price=unit_price,
        service_start=start,
        service_end=start + timedelta(days=draw(st.integers(0, 400))),
        proration=draw(st.sampled_from([None, Proration(22, 31)])),
        tiers=draw(st.sampled_from([(), (Tier(*[samples.fine("1")] * 6),)])),
    )
    if draw(st.integers(0, 3)):
        return plain
    return adjusting(plain)


def adjusting(line: Line) -> Line:
    """The same amount as the correction of a document."""
    sign = Decimal(-1) if line.net_amount < 0 else Decimal(1)
    return replace(
        line,
        line_type="adjustment",
        quantity=sign,
        unit=None,
        unit_price=abs(line.net_amount),
        correction=Correction(
            "EST-2023-000012", date(2023, 10, 1), Decimal(100), 100 + line.net_amount
        ),
    )


def discount(line: Line, number: int, percent: int, sale: Sale) -> Line:
    """A part of the line, taken off it on a line below."""
    amount = sale.rounded(line.net_amount * percent / 100)
    return replace(
        line,
        line_number=number,
        line_type="allowance",
        description=f"Remise {percent} %",
        quantity=Decimal(-1),
        unit=None,
        unit_price=abs(amount),
        net_amount=-amount,
    )


@st.composite
def documents(draw: st.DrawFn, buyer: Buyer, rates: tuple[tuple[str, str], ...]) -> Document:
    """A document for this buyer, whose sums are those of its lines."""
    currency = draw(st.sampled_from(sorted(MINOR_UNITS)))
    sale = Sale(MINOR_UNITS[currency], rates)
    lines: list[Line] = []
    for _ in range(draw(st.integers(1, 6))):
        line = draw(lines_drawn(sale, len(lines) + 1))
        lines.append(line)
        if line.line_type != "adjustment" and line.net_amount > 0 and draw(st.booleans()):
            lines.append(discount(line, len(lines) + 1, draw(st.integers(1, 100)), sale))
    allowances = [
        discount(line, 100 + line.line_number, draw(st.integers(1, 100)), sale)
        for line in lines
        if line.net_amount > 0 and draw(st.integers(0, 4)) == 0
    ]
    taxes = tuple(taxes_of([*lines, *allowances], sale))
    amounts = totals(lines, allowances, taxes, draw(st.sampled_from([0, 40, 100])), sale)
    if amounts.total_amount < 0:  # a credit note corrects something
        lines[0] = adjusting(lines[0])
    document = Document(
        header=samples.header(
            currency=currency,
            minor_units=sale.minor_units,
            locale=draw(st.sampled_from(["fr_FR", "en_GB", "de_DE"])),
            payment_method=draw(
                st.sampled_from(["bank_transfer", "sepa_debit", "card", "cheque", "mandat"])
            ),
            purchase_order=draw(st.sampled_from([None, "BC-7781", NAMES[1]])),
        ),
        seller=replace(
            draw(st.sampled_from([SELLER, SELLER, BELGIAN])), name=draw(st.sampled_from(NAMES))
        ),
        buyer=replace(
            buyer,
            name=draw(st.sampled_from(NAMES)),
            delivery_address=draw(st.sampled_from([None, buyer.address])),
        ),
        sections=tuple(sections(lines)),
        taxes=taxes,
        totals=amounts,
        allowances=tuple(allowances),
    )
    return with_kind(with_tax_in_euros(document))


def sections(lines: list[Line]) -> list[ServiceSection]:
    """The lines in one service of a family."""
    amount = sum_of(lines)
    return [ServiceSection("Cloud", amount, (AccountLines("Agence Ouest", amount, tuple(lines)),))]


def taxes_of(lines: list[Line], sale: Sale) -> list[TaxGroup]:
    """Tax on the sum of each category and rate, rounded once."""
    bases: dict[tuple[str, Decimal], Decimal] = {}
    for line in lines:
        key = line.tax_category, line.tax_rate
        bases[key] = bases.get(key, Decimal(0)) + line.net_amount
    return [
        TaxGroup(category, rate, base, sale.rounded(base * rate / 100), REASONS[category])
        for (category, rate), base in sorted(bases.items())
    ]


def totals(
    lines: list[Line],
    allowances: list[Line],
    taxes: tuple[TaxGroup, ...],
    prepaid_percent: int,
    sale: Sale,
) -> Totals:
    """Totals with a part of the whole paid from prepaid credit."""
    net_amount = sum_of(lines) + sum_of(allowances)
    tax_amount = sum((tax.tax_amount for tax in taxes), Decimal(0))
    total = net_amount + tax_amount
    prepaid = sale.rounded(total * prepaid_percent / 100)
    return Totals(
        net_amount=net_amount,
        allowance_amount=-sum_of(allowances),
        tax_amount=tax_amount,
        total_amount=total,
        prepaid_amount=prepaid,
        due_amount=total - prepaid,
        lines_amount=sum_of(lines),
    )


def with_tax_in_euros(document: Document) -> Document:
    """VAT in another currency is stated in the seller's too, where there is any."""
    amounts = document.totals
    if document.header.currency == "EUR" or not amounts.tax_amount:
        return document
    in_euros = (amounts.tax_amount * Decimal("0.92")).quantize(
        Decimal("0.01"), rounding=ROUND_HALF_UP
    )
    return replace(
        document,
        totals=replace(
            amounts,
            accounting_currency="EUR",
            exchange_rate=Decimal("0.92"),
            accounting_tax_amount=in_euros,
        ),
    )


def with_kind(document: Document) -> Document:
    """A negative document is a credit note, and gives prepaid credit back."""
    if document.totals.total_amount >= 0:
        return document
    given_back = document.totals.prepaid_amount
    drawdowns = (Drawdown("L-1", None, given_back, Decimal(0)),) if given_back else ()
    header = replace(document.header, kind="credit_note", number="EST-AV-2023-000001")
    return replace(document, header=header, drawdowns=drawdowns)


def sum_of(lines: list[Line]) -> Decimal:
    """The net amount of the lines."""
    return sum((line.net_amount for line in lines), Decimal(0))
