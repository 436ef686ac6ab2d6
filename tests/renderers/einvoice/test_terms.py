"""What stands where in an e-invoice, term by term, in both syntaxes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from renderers.document import Buyer, Document, DocumentError, Line, Seller, TaxGroup, Totals
from renderers.einvoice.cii import render_cii
from renderers.einvoice.ubl import render_ubl
from renderers.theme import Theme
from tests.renderers import samples
from tests.renderers.einvoice import documents
from tests.renderers.einvoice.reading import texts
from tests.renderers.samples import money

CII_SELLER = "//ram:SellerTradeParty"
CII_BUYER = "//ram:BuyerTradeParty"
UBL_SELLER = "cac:AccountingSupplierParty/cac:Party"
UBL_BUYER = "cac:AccountingCustomerParty/cac:Party"


def both(document: Document, cii: str, ubl: str) -> list[str]:
    """The texts at a place of either syntax, which must say the same."""
    found = texts(render_cii(document), cii)
    assert texts(render_ubl(document), ubl) == found
    return found


def seller(**changes: object) -> Callable[[Document], Document]:
    """A change of the seller."""
    return lambda document: replace(
        document,
        seller=replace(document.seller, **changes),  # type: ignore[arg-type]
    )


def buyer(**changes: object) -> Callable[[Document], Document]:
    """A change of the buyer."""
    return lambda document: replace(
        document,
        buyer=replace(document.buyer, **changes),  # type: ignore[arg-type]
    )


def one_line(line: Line, *more: Line) -> Document:
    """An invoice of these lines at 20 %; its tax matters to no test of them."""
    plain = samples.french_invoice()
    net_amount = line.net_amount + sum((other.net_amount for other in more), Decimal(0))
    net = f"{net_amount}"
    return replace(
        plain,
        sections=(samples.section("Cloud", net, line, *more),),
        taxes=(TaxGroup("S", money("20"), money(net), money("0")),),
        totals=replace(plain.totals, net_amount=money(net)),
    )


def test_number_dates_and_type() -> None:
    document = samples.french_invoice()
    assert both(document, "//rsm:ExchangedDocument/ram:ID", "cbc:ID") == ["EST-2023-000042"]
    assert texts(render_cii(document), "//ram:IssueDateTime/udt:DateTimeString") == ["20231101"]
    assert texts(render_ubl(document), "cbc:IssueDate") == ["2023-11-01"]
    assert texts(render_cii(document), "//ram:DueDateDateTime/udt:DateTimeString") == ["20231116"]
    assert texts(render_ubl(document), "cbc:DueDate") == ["2023-11-16"]
    assert both(document, "//rsm:ExchangedDocument/ram:TypeCode", "cbc:InvoiceTypeCode") == ["380"]


def test_the_last_day_of_a_period_is_the_one_before_its_end() -> None:
    document = samples.french_invoice()
    of_document = "//ram:ApplicableHeaderTradeSettlement/ram:BillingSpecifiedPeriod"
    assert texts(render_cii(document), f"{of_document}/*/udt:DateTimeString") == [
        "20231001",
        "20231031",
    ]
    assert texts(render_ubl(document), "cac:InvoicePeriod/cbc:EndDate") == ["2023-10-31"]
    assert texts(render_ubl(document), "cac:InvoiceLine[1]/cac:InvoicePeriod/cbc:*") == [
        "2023-11-01",
        "2023-11-30",
    ]


def test_a_french_seller_says_what_the_reform_wants() -> None:
    document = samples.french_invoice()
    assert texts(render_cii(document), "//ram:IncludedNote/ram:SubjectCode") == [
        "PMT",
        "PMD",
        "AAB",
        "BAR",
        "AAI",
    ]
    notes = texts(render_ubl(document), "cbc:Note")
    assert notes[0].startswith("#PMT#Indemnité forfaitaire pour frais de recouvrement")
    assert notes[3] == "#BAR#B2B"
    process = "//ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"
    assert both(document, process, "cbc:ProfileID") == ["M1"]
    assert texts(render_cii(document), "//ram:DueDateTypeCode") == ["5", "5"]
    assert texts(render_ubl(document), "cac:InvoicePeriod/cbc:DescriptionCode") == ["3"]


@pytest.mark.parametrize(
    ("customer", "addressee"),
    [
        (samples.BAKERY, "B2B"),
        (replace(samples.BAKERY, registration_id=None), "B2C"),
        (documents.GERMAN, "B2BINT"),
        (replace(documents.GERMAN, vat_id=None), "B2CINT"),
    ],
)
def test_the_reform_is_told_whom_it_is_for(customer: Buyer, addressee: str) -> None:
    document = replace(samples.french_invoice(), buyer=customer)
    note = "//ram:IncludedNote[ram:SubjectCode='BAR']/ram:Content"
    assert texts(render_cii(document), note) == [addressee]


def test_a_seller_elsewhere_says_nothing_of_french_law() -> None:
    document = replace(samples.french_invoice(), seller=documents.BELGIAN)
    assert texts(render_cii(document), "//ram:IncludedNote/ram:SubjectCode") == ["AAI"]
    assert texts(render_ubl(document), "cbc:ProfileID") == []


def test_what_credit_paid_in_full_was_paid_before() -> None:
    plain = samples.french_invoice()
    paid = replace(
        plain,
        totals=replace(plain.totals, prepaid_amount=money("295.64"), due_amount=money("0")),
    )
    process = "//ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"
    assert both(paid, process, "cbc:ProfileID") == ["M2"]
    total = "cac:LegalMonetaryTotal/cbc:PrepaidAmount"
    assert both(paid, "//ram:TotalPrepaidAmount", total) == ["295.64"]
    assert both(paid, "//ram:SpecifiedTradeSettlementPaymentMeans/*", "cac:PaymentMeans/*") == []


@pytest.mark.parametrize(
    ("change", "address", "scheme"),
    [
        (buyer(), "023100472", "0225"),
        (buyer(electronic_address="0225:023100472_COMPTA"), "023100472_COMPTA", "0225"),
        (buyer(electronic_address="EM:compta@x.example"), "023100472", "0225"),
        (buyer(registration_id="02310047200015"), "023100472", "0225"),
        (buyer(registration_id=None, email="a@x.example"), "a@x.example", "EM"),
        (buyer(registration_id=None, electronic_address="b@x.example"), "b@x.example", "EM"),
        (buyer(registration_id=None, electronic_address="0088:123"), "123", "0088"),
        (
            lambda document: replace(document, buyer=replace(documents.GERMAN, email=None)),
            "DE999999999",
            "9930",
        ),
    ],
)
def test_where_a_buyer_is_reached(
    change: Callable[[Document], Document], address: str, scheme: str
) -> None:
    document = change(samples.french_invoice())
    cii = f"{CII_BUYER}/ram:URIUniversalCommunication/ram:URIID[@schemeID='{scheme}']"
    assert both(document, cii, f"{UBL_BUYER}/cbc:EndpointID[@schemeID='{scheme}']") == [address]


def test_a_siret_names_the_establishment_and_its_siren_the_business() -> None:
    document = buyer(registration_id="023 100 472 00015")(samples.french_invoice())
    assert both(
        document,
        f"{CII_BUYER}/ram:SpecifiedLegalOrganization/ram:ID[@schemeID='0002']",
        f"{UBL_BUYER}/cac:PartyLegalEntity/cbc:CompanyID[@schemeID='0002']",
    ) == ["023100472"]
    assert both(
        document,
        f"{CII_BUYER}/ram:GlobalID[@schemeID='0009']",
        f"{UBL_BUYER}/cac:PartyIdentification/cbc:ID[@schemeID='0009']",
    ) == ["02310047200015"]


def test_the_legal_form_stands_with_capital_and_register() -> None:
    assert both(
        samples.french_invoice(),
        f"{CII_SELLER}/ram:Description",
        f"{UBL_SELLER}/cac:PartyLegalEntity/cbc:CompanyLegalForm",
    ) == ["SAS au capital de 480 000 €, RCS Nantes"]


def test_outside_the_scope_of_vat_no_vat_id_stands() -> None:
    document = buyer(vat_id="GB123456789")(samples.family_invoice())
    cii = "//ram:SpecifiedTaxRegistration/ram:ID"
    assert both(document, cii, "//cac:PartyTaxScheme/cbc:CompanyID") == []
    reason = "//cac:TaxExemptionReasonCode | //cbc:TaxExemptionReasonCode"
    assert both(document, "//ram:ExemptionReasonCode", reason) == ["VATEX-EU-O"]


def test_a_seller_without_vat_id_is_taxed_by_its_registration() -> None:
    document = seller(vat_id=None)(samples.french_invoice())
    assert both(
        document,
        f"{CII_SELLER}/ram:SpecifiedTaxRegistration/ram:ID[@schemeID='FC']",
        f"{UBL_SELLER}/cac:PartyTaxScheme[cac:TaxScheme/cbc:ID='FC']/cbc:CompanyID",
    ) == ["012045878"]


@pytest.mark.parametrize(
    ("category", "reason", "text", "code"),
    [
        ("Z", "Taux zéro", [], []),
        ("AE", "Autoliquidation", ["Autoliquidation"], ["VATEX-EU-AE"]),
        ("K", "Livraison", ["Livraison"], ["VATEX-EU-IC"]),
        ("G", "Exportation", ["Exportation"], ["VATEX-EU-G"]),
        ("E", "Exonération", ["Exonération"], []),
        ("E", "Soins (VATEX-FR-CGI261-4)", ["Soins (VATEX-FR-CGI261-4)"], ["VATEX-FR-CGI261-4"]),
    ],
)
def test_why_no_vat_is_charged(
    category: str, reason: str, text: list[str], code: list[str]
) -> None:
    document = replace(
        samples.reverse_charge(),
        taxes=(TaxGroup(category, money("0"), money("240"), money("0"), reason),),
    )
    assert both(document, "//ram:ExemptionReason", "//cbc:TaxExemptionReason") == text
    assert both(document, "//ram:ExemptionReasonCode", "//cbc:TaxExemptionReasonCode") == code


@pytest.mark.parametrize(
    ("method", "currency", "means"),
    [
        ("bank_transfer", "EUR", ["58"]),
        ("bank_transfer", "USD", ["30"]),
        ("sepa_debit", "EUR", ["59"]),
        ("sepa_debit", "USD", ["49"]),
        ("card", "EUR", ["48"]),
        ("mandat", "EUR", ["ZZZ"]),
    ],
)
def test_payment_means(method: str, currency: str, means: list[str]) -> None:
    plain = samples.french_invoice()
    header = replace(plain.header, payment_method=method, currency=currency)
    document = replace(plain, header=header)
    path = "//ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode"
    assert both(document, path, "cac:PaymentMeans/cbc:PaymentMeansCode") == means
    reference = "cac:PaymentMeans/cbc:PaymentID"
    assert both(document, "//ram:PaymentReference", reference) == ["EST-2023-000042"]


def test_a_transfer_names_the_account_and_a_debit_the_mandate() -> None:
    transfer = replace(samples.french_invoice(), header=samples.header())
    assert both(transfer, "//ram:IBANID", "//cac:PayeeFinancialAccount/cbc:ID") == [
        "FR7699999000440000120458726"
    ]
    bank = "//cac:FinancialInstitutionBranch/cbc:ID"
    assert both(transfer, "//ram:BICID", bank) == ["ESTUFRP1XXX"]
    debit = samples.french_invoice()
    mandate = "//cac:PaymentMandate/cbc:ID"
    assert both(debit, "//ram:DirectDebitMandateID", mandate) == ["M-2023-10101"]
    creditor = f"{UBL_SELLER}/cac:PartyIdentification/cbc:ID[@schemeID='SEPA']"
    assert both(debit, "//ram:CreditorReferenceID", creditor) == ["FR84ZZZ999441"]


def test_a_transfer_without_an_account_is_not_asked_for() -> None:
    document = replace(samples.french_invoice(), header=samples.header())
    document = replace(document, seller=replace(document.seller, iban=None))
    assert (
        both(document, "//ram:SpecifiedTradeSettlementPaymentMeans/*", "cac:PaymentMeans/*") == []
    )


def test_references_of_the_buyer() -> None:
    document = samples.family_invoice()
    order = "//ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"
    assert both(document, order, "cac:OrderReference/cbc:ID") == ["PO-55120"]
    assert both(document, "//ram:BuyerReference", "cbc:BuyerReference") == ["HF/2023/11"]
    contract = "//ram:ContractReferencedDocument/ram:IssuerAssignedID"
    assert both(document, contract, "cac:ContractDocumentReference/cbc:ID") == ["CTR-88"]
    city = "cac:Delivery/cac:DeliveryLocation/cac:Address/cbc:StreetName"
    street = "//ram:ShipToTradeParty/ram:PostalTradeAddress/ram:LineOne"
    assert both(document, street, city) == ["1 Quay Road"]


def test_a_credit_note_is_positive_and_names_what_it_corrects() -> None:
    document = samples.credit_note()
    assert both(document, "//rsm:ExchangedDocument/ram:TypeCode", "cbc:CreditNoteTypeCode") == [
        "381"
    ]
    assert both(document, "//ram:GrandTotalAmount", "//cbc:TaxInclusiveAmount") == ["65.81"]
    quantity = "cac:CreditNoteLine/cbc:CreditedQuantity"
    assert both(document, "//ram:BilledQuantity", quantity) == ["1"]
    corrected = "cac:BillingReference/cac:InvoiceDocumentReference"
    preceding = "//ram:InvoiceReferencedDocument"
    number = "ram:IssuerAssignedID"
    assert both(document, f"{preceding}/{number}", f"{corrected}/cbc:ID") == ["EST-2023-000012"]
    assert texts(render_ubl(document), f"{corrected}/cbc:IssueDate") == ["2023-10-01"]
    issued = f"{preceding}/ram:FormattedIssueDateTime/qdt:DateTimeString"
    assert texts(render_cii(document), issued) == ["20231001"]


def test_a_credit_note_says_that_nothing_is_to_be_paid() -> None:
    document = samples.credit_note()
    path = "//ram:SpecifiedTradePaymentTerms/ram:Description"
    (sentence,) = both(document, path, "cac:PaymentTerms/cbc:Note")
    assert sentence.startswith("Cet avoir est établi en votre faveur.")
    invoice = samples.french_invoice()
    assert both(invoice, path, "cac:PaymentTerms/cbc:Note") == []


def test_a_line_of_the_other_sign_has_a_negative_quantity() -> None:
    document = one_line(
        samples.line(1, "Poste", "100"),
        samples.line(2, "Poste", "-54.84", line_type="adjustment", quantity=Decimal(-1)),
    )
    assert both(document, "//ram:BilledQuantity", "//cbc:InvoicedQuantity") == ["1", "-1"]
    assert both(document, "//ram:ChargeAmount", "//cbc:PriceAmount") == ["100", "54.84"]


def test_a_line_s_discounts_are_its_allowances() -> None:
    """100.00 less 10.00 and 9.00 is one line of 81.00; what stands alone stays a line."""
    item = {"charge_id": "C", "subscription_id": "S"}
    taken = {**item, "line_type": "allowance", "quantity": Decimal(-1)}
    document = one_line(
        samples.line(1, "Poste", "100", **item),
        samples.line(2, "Remise", "-10", **taken),
        samples.line(3, "Remise fidélité", "-9", **taken),
        samples.line(4, "Remise", "-5", **{**taken, "charge_id": "D"}),
    )
    net = "//ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"
    assert both(document, net, "cac:InvoiceLine/cbc:LineExtensionAmount") == ["81.00", "-5.00"]
    amounts = "cac:InvoiceLine/cac:AllowanceCharge/cbc:Amount"
    assert both(document, "//ram:ActualAmount", amounts) == ["10.00", "9.00"]
    reasons = "//cbc:AllowanceChargeReason"
    path = "//ram:SpecifiedTradeAllowanceCharge/ram:Reason"
    assert both(document, path, reasons) == ["Remise", "Remise fidélité"]


def test_discounts_of_the_whole_stand_by_rate() -> None:
    plain = one_line(samples.line(1, "Poste", "100"))
    document = replace(
        plain,
        allowances=(samples.line(2, "Bienvenue", "-30", line_type="allowance"),),
        totals=Totals(
            money("70"), money("30"), money("14"), money("84"), money("0"), money("84"),
            lines_amount=money("100"),
        ),
    )  # fmt: skip
    allowance = "//ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeAllowanceCharge"
    amount = "cac:AllowanceCharge/cbc:Amount"
    assert both(document, f"{allowance}/ram:ActualAmount", amount) == ["30.00"]
    rate = f"{allowance}/ram:CategoryTradeTax/ram:RateApplicablePercent"
    assert both(document, rate, "cac:AllowanceCharge/cac:TaxCategory/cbc:Percent") == ["20"]
    assert both(document, "//ram:AllowanceTotalAmount", "//cbc:AllowanceTotalAmount") == ["30.00"]


def test_vat_is_stated_in_the_seller_s_currency_too() -> None:
    plain = samples.french_invoice()
    converted = replace(
        plain,
        header=replace(plain.header, currency="USD"),
        totals=replace(
            plain.totals,
            accounting_currency="EUR",
            exchange_rate=Decimal("0.92"),
            accounting_tax_amount=money("43.72"),
        ),
    )
    assert both(converted, "//ram:TaxCurrencyCode", "cbc:TaxCurrencyCode") == ["EUR"]
    amount = "cac:TaxTotal/cbc:TaxAmount[@currencyID='EUR']"
    assert both(converted, "//ram:TaxTotalAmount[@currencyID='EUR']", amount) == ["43.72"]
    untaxed = samples.family_invoice()
    assert both(untaxed, "//ram:TaxTotalAmount[@currencyID='EUR']", amount) == ["0.00"]


def test_a_line_says_what_it_is_of() -> None:
    line = samples.line(
        1,
        "Jetons",
        "0.44",
        plan_name="Passerelle",
        subscription_id="S-0377",
        charge_id="C-9",
        group_value="eu",
        quantity=Decimal("35216.123456"),
        unit="jeton",
        unit_price=Decimal("0.0000125"),
    )
    cii = "//ram:ApplicableProductCharacteristic"
    ubl = "//cac:AdditionalItemProperty"
    document = one_line(line)
    assert both(document, f"{cii}/ram:Description", f"{ubl}/cbc:Name") == [
        "Offre",
        "Abonnement",
        "Groupe",
        "Quantité",
    ]
    assert both(document, f"{cii}/ram:Value", f"{ubl}/cbc:Value") == [
        "Passerelle",
        "S-0377",
        "eu",
        "35216.123456 jeton",
    ]
    item = "//cac:SellersItemIdentification/cbc:ID"
    assert both(document, "//ram:SellerAssignedID", item) == ["C-9"]
    assert both(document, "//ram:BasisQuantity", "//cbc:BaseQuantity") == ["1000"]


def test_text_loses_what_xml_forbids_and_keeps_the_rest() -> None:
    document = seller(name="Caf\x00é \u202e☕\ud800 & <b>\x1b")(samples.french_invoice())
    name = f"{UBL_SELLER}/cac:PartyLegalEntity/cbc:RegistrationName"
    assert both(document, f"{CII_SELLER}/ram:Name", name) == ["Café ☕ & <b>"]


def test_a_period_without_days_is_its_first_day() -> None:
    line = samples.line(1, "x", "1", service_end=date(2023, 10, 1))
    assert texts(render_ubl(one_line(line)), "cac:InvoiceLine/cac:InvoicePeriod/cbc:*") == [
        "2023-10-01",
        "2023-10-01",
    ]


def test_an_amount_that_its_currency_cannot_hold_is_refused() -> None:
    document = replace(
        samples.french_invoice(), header=samples.header(currency="JPY", minor_units=0)
    )
    for render in (render_cii, render_ubl):
        with pytest.raises(DocumentError, match="decimals"):
            render(document)


def test_the_same_document_gives_the_same_bytes() -> None:
    for render in (render_cii, render_ubl):
        assert render(samples.french_invoice()) == render(samples.french_invoice())


def test_without_its_optional_parts_a_document_is_whole() -> None:
    bare = Seller("e", "Estuaire", samples.SELLER.address, "EUR")
    document = replace(
        samples.french_invoice(),
        seller=bare,
        buyer=Buyer("A", "Anna", samples.BAKERY.address),
        header=samples.header(),
    )
    assert texts(render_cii(document), f"{CII_SELLER}/ram:ID") == ["e"]
    assert texts(render_ubl(document), f"{UBL_SELLER}/cac:PartyTaxScheme/*") == []


def test_a_seller_s_own_wording_stands_in_it_too() -> None:
    theme = Theme(wording=(("fr", "mentions.recovery_fee", "Frais de recouvrement : {amount}."),))
    note = "//ram:IncludedNote[ram:SubjectCode='PMT']/ram:Content"
    (said,) = texts(render_cii(samples.french_invoice(), theme), note)
    assert said.startswith("Frais de recouvrement : 40,00")
    assert f"#PMT#{said}" in texts(render_ubl(samples.french_invoice(), theme), "cbc:Note")
