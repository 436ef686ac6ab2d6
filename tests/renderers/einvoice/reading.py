"""An e-invoice read back with XPath, by the paths of the standard's bindings."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lxml import etree

_UNECE = "urn:un:unece:uncefact:data:standard"
_OASIS = "urn:oasis:names:specification:ubl:schema:xsd"
_NAMESPACES = {
    "rsm": f"{_UNECE}:CrossIndustryInvoice:100",
    "ram": f"{_UNECE}:ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_UNECE}:UnqualifiedDataType:100",
    "qdt": f"{_UNECE}:QualifiedDataType:100",
    "cac": f"{_OASIS}:CommonAggregateComponents-2",
    "cbc": f"{_OASIS}:CommonBasicComponents-2",
}
Tax = tuple[str, Decimal, Decimal, Decimal]


@dataclass(frozen=True)
class ReadLine:
    """A line's numbers; without a base quantity the price is for one."""

    quantity: Decimal
    unit: str
    price: Decimal
    base: Decimal
    allowance_amount: Decimal
    net_amount: Decimal


@dataclass(frozen=True)
class Read:
    """What an e-invoice says in numbers; what it leaves out is 0."""

    totals: dict[str, Decimal]
    accounting_tax_amount: Decimal
    taxes: list[Tax]
    lines: list[ReadLine]


def parsed(xml: bytes) -> Any:
    """The root element."""
    return etree.fromstring(xml)


def texts(xml: bytes | Any, path: str) -> list[str]:
    """The texts found at a path."""
    element = parsed(xml) if isinstance(xml, bytes) else xml
    return [str(found) for found in element.xpath(f"{path}/text()", namespaces=_NAMESPACES)]


def number(element: Any, path: str, default: int = 0) -> Decimal:
    """The only number at a path."""
    found = texts(element, path)
    assert len(found) <= 1, path
    return Decimal(found[0]) if found else Decimal(default)


def read_cii(xml: bytes) -> Read:
    """The numbers of a CII invoice."""
    root = parsed(xml)
    settlement = _one(root, "//ram:ApplicableHeaderTradeSettlement")
    totals = _one(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    currency = texts(settlement, "ram:InvoiceCurrencyCode")[0]
    of_lines = root.xpath("//ram:IncludedSupplyChainTradeLineItem", namespaces=_NAMESPACES)
    price = "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice"
    return Read(
        totals={
            "net_amount": number(totals, "ram:TaxBasisTotalAmount"),
            "allowance_amount": number(totals, "ram:AllowanceTotalAmount"),
            "tax_amount": number(totals, f"ram:TaxTotalAmount[@currencyID='{currency}']"),
            "total_amount": number(totals, "ram:GrandTotalAmount"),
            "prepaid_amount": number(totals, "ram:TotalPrepaidAmount"),
            "due_amount": number(totals, "ram:DuePayableAmount"),
        },
        accounting_tax_amount=number(totals, f"ram:TaxTotalAmount[@currencyID!='{currency}']"),
        taxes=[
            (
                texts(tax, "ram:CategoryCode")[0],
                number(tax, "ram:RateApplicablePercent"),
                number(tax, "ram:BasisAmount"),
                number(tax, "ram:CalculatedAmount"),
            )
            for tax in settlement.xpath("ram:ApplicableTradeTax", namespaces=_NAMESPACES)
        ],
        lines=[
            ReadLine(
                number(line, "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"),
                line.xpath("string(.//ram:BilledQuantity/@unitCode)", namespaces=_NAMESPACES),
                number(line, f"{price}/ram:ChargeAmount"),
                number(line, f"{price}/ram:BasisQuantity", 1),
                sum(map(Decimal, texts(line, ".//ram:ActualAmount")), Decimal(0)),
                number(line, ".//ram:LineTotalAmount"),
            )
            for line in of_lines
        ],
    )


def read_ubl(xml: bytes) -> Read:
    """The numbers of a UBL invoice or credit note."""
    root = parsed(xml)
    totals = _one(root, "cac:LegalMonetaryTotal")
    of_lines = root.xpath("cac:InvoiceLine | cac:CreditNoteLine", namespaces=_NAMESPACES)
    quantity = "cbc:InvoicedQuantity | ./cbc:CreditedQuantity"
    return Read(
        totals={
            "net_amount": number(totals, "cbc:TaxExclusiveAmount"),
            "allowance_amount": number(totals, "cbc:AllowanceTotalAmount"),
            "tax_amount": number(root, "cac:TaxTotal[cac:TaxSubtotal]/cbc:TaxAmount"),
            "total_amount": number(totals, "cbc:TaxInclusiveAmount"),
            "prepaid_amount": number(totals, "cbc:PrepaidAmount"),
            "due_amount": number(totals, "cbc:PayableAmount"),
        },
        accounting_tax_amount=number(root, "cac:TaxTotal[not(cac:TaxSubtotal)]/cbc:TaxAmount"),
        taxes=[
            (
                texts(tax, "cac:TaxCategory/cbc:ID")[0],
                number(tax, "cac:TaxCategory/cbc:Percent"),
                number(tax, "cbc:TaxableAmount"),
                number(tax, "cbc:TaxAmount"),
            )
            for tax in root.xpath("cac:TaxTotal/cac:TaxSubtotal", namespaces=_NAMESPACES)
        ],
        lines=[
            ReadLine(
                Decimal(line.xpath(f"string({quantity})", namespaces=_NAMESPACES)),
                line.xpath("string(*/@unitCode)", namespaces=_NAMESPACES),
                number(line, "cac:Price/cbc:PriceAmount"),
                number(line, "cac:Price/cbc:BaseQuantity", 1),
                sum(map(Decimal, texts(line, "cac:AllowanceCharge/cbc:Amount")), Decimal(0)),
                number(line, "cbc:LineExtensionAmount"),
            )
            for line in of_lines
        ],
    )


def _one(element: Any, path: str) -> Any:
    (found,) = element.xpath(path, namespaces=_NAMESPACES)
    return found
