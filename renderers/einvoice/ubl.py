"""A document as UBL 2.1, an Invoice or a CreditNote, by EN 16931's binding (CEN/TS 16931-3-2).

The order of elements is that of the schema. A credit note has no due date there; when
it is paid out is in its payment terms.
"""

from lxml.etree import _Element as Element

from renderers.document import Address, Document
from renderers.einvoice.lines import DISCOUNT, ItemLine
from renderers.einvoice.parties import Identifier, Party
from renderers.einvoice.payments import Payment
from renderers.einvoice.terms import GUIDELINE, Allowance, Tax, Terms, terms
from renderers.einvoice.xml import Writer, plain, written
from renderers.theme import PLAIN, Theme

_INVOICE, _CREDIT_NOTE = "380", "381"
_DUE_ON_ISSUE = "3"  # BT-8, UNTDID 2005
_OASIS = "urn:oasis:names:specification:ubl:schema:xsd"
_COMPONENTS = {
    "cac": f"{_OASIS}:CommonAggregateComponents-2",
    "cbc": f"{_OASIS}:CommonBasicComponents-2",
}
_XML_INVOICE = Writer({"ubl": f"{_OASIS}:Invoice-2", **_COMPONENTS})
_XML_CREDIT_NOTE = Writer({"cn": f"{_OASIS}:CreditNote-2", **_COMPONENTS})
_put, _group = _XML_INVOICE.put, _XML_INVOICE.group


def render_ubl(document: Document, theme: Theme = PLAIN) -> bytes:
    """The document as XML; the same document gives the same bytes.

    Raises DocumentError when an amount does not fit its currency.
    """
    stated = terms(document, theme)
    if stated.is_credit_note:
        root = _XML_CREDIT_NOTE.root("cn:CreditNote")
    else:
        root = _XML_INVOICE.root("ubl:Invoice")
    _head(root, stated)
    _references(root, stated)
    _parties(root, stated)
    if stated.payment:
        _payment_means(root, stated.payment, stated)
    if stated.payment_terms:
        _put(_group(root, "cac:PaymentTerms"), "cbc:Note", stated.payment_terms)
    for allowance in stated.allowances:
        _document_allowance(root, allowance, stated.currency)
    _taxes(root, stated)
    _totals(root, stated)
    for line in stated.lines:
        _line(root, line, stated)
    return written(root)


def _head(root: Element, stated: Terms) -> None:
    _put(root, "cbc:CustomizationID", GUIDELINE)
    _put(root, "cbc:ProfileID", stated.business_process)
    _put(root, "cbc:ID", stated.number)
    _put(root, "cbc:IssueDate", stated.issue_date.isoformat())
    if stated.is_credit_note:
        _put(root, "cbc:CreditNoteTypeCode", _CREDIT_NOTE)
    else:
        _put(root, "cbc:DueDate", stated.due_date.isoformat() if stated.due_date else None)
        _put(root, "cbc:InvoiceTypeCode", _INVOICE)
    for note in stated.notes:
        _put(root, "cbc:Note", f"#{note.subject}#{note.text}")
    _put(root, "cbc:DocumentCurrencyCode", stated.currency)
    _put(root, "cbc:TaxCurrencyCode", stated.accounting_currency)
    _put(root, "cbc:BuyerReference", stated.buyer_reference)
    period = _group(root, "cac:InvoicePeriod")
    _put(period, "cbc:StartDate", stated.first_day.isoformat())
    _put(period, "cbc:EndDate", stated.last_day.isoformat())
    _put(period, "cbc:DescriptionCode", _DUE_ON_ISSUE if stated.is_vat_due_on_issue else None)


def _references(root: Element, stated: Terms) -> None:
    if stated.purchase_order:
        _put(_group(root, "cac:OrderReference"), "cbc:ID", stated.purchase_order)
    for preceding in stated.preceding:
        reference = _group(_group(root, "cac:BillingReference"), "cac:InvoiceDocumentReference")
        _put(reference, "cbc:ID", preceding.number)
        if preceding.issue_date:
            _put(reference, "cbc:IssueDate", preceding.issue_date.isoformat())
    if stated.contract_reference:
        _put(_group(root, "cac:ContractDocumentReference"), "cbc:ID", stated.contract_reference)


def _parties(root: Element, stated: Terms) -> None:
    creditor_id = stated.payment.creditor_id if stated.payment else None
    seller_ids = [stated.seller.identifier]
    if creditor_id:
        seller_ids.append(Identifier(creditor_id, "SEPA"))  # BT-90
    _party(_group(root, "cac:AccountingSupplierParty"), stated.seller, seller_ids)
    _party(_group(root, "cac:AccountingCustomerParty"), stated.buyer, [stated.buyer.identifier])
    location = _group(_group(root, "cac:Delivery"), "cac:DeliveryLocation")
    _address(_group(location, "cac:Address"), stated.delivery_address)


def _party(parent: Element, party: Party, identifiers: list[Identifier | None]) -> None:
    element = _group(parent, "cac:Party")
    if party.electronic_address:
        reached = party.electronic_address
        _put(element, "cbc:EndpointID", reached.value, schemeID=reached.scheme)
    for identifier in identifiers:
        if identifier:
            identification = _group(element, "cac:PartyIdentification")
            _put(identification, "cbc:ID", identifier.value, schemeID=identifier.scheme)
    _address(_group(element, "cac:PostalAddress"), party.address)
    for number, scheme in ((party.vat_id, "VAT"), (party.tax_registration, "FC")):
        if number:
            tax = _group(element, "cac:PartyTaxScheme")
            _put(tax, "cbc:CompanyID", number)
            _put(_group(tax, "cac:TaxScheme"), "cbc:ID", scheme)
    legal = _group(element, "cac:PartyLegalEntity")
    _put(legal, "cbc:RegistrationName", party.name)
    if party.registration:
        _put(legal, "cbc:CompanyID", party.registration.value, schemeID=party.registration.scheme)
    _put(legal, "cbc:CompanyLegalForm", party.legal_information)
    if party.phone or party.email:
        contact = _group(element, "cac:Contact")
        _put(contact, "cbc:Telephone", party.phone)
        _put(contact, "cbc:ElectronicMail", party.email)


def _address(element: Element, address: Address) -> None:
    _put(element, "cbc:StreetName", address.street)
    _put(element, "cbc:AdditionalStreetName", address.street_2)
    _put(element, "cbc:CityName", address.city)
    _put(element, "cbc:PostalZone", address.postal_code)
    if address.country_code:
        _put(_group(element, "cac:Country"), "cbc:IdentificationCode", address.country_code)


def _payment_means(root: Element, payment: Payment, stated: Terms) -> None:
    means = _group(root, "cac:PaymentMeans")
    _put(means, "cbc:PaymentMeansCode", payment.means, name=payment.means_text)
    _put(means, "cbc:PaymentID", stated.number)
    if payment.iban:
        account = _group(means, "cac:PayeeFinancialAccount")
        _put(account, "cbc:ID", payment.iban)
        _put(account, "cbc:Name", payment.account_name)
        if payment.bic:
            _put(_group(account, "cac:FinancialInstitutionBranch"), "cbc:ID", payment.bic)
    if payment.mandate:
        _put(_group(means, "cac:PaymentMandate"), "cbc:ID", payment.mandate)


def _document_allowance(root: Element, allowance: Allowance, currency: str) -> None:
    element = _allowance(root, allowance.amount, allowance.reason, currency)
    category = _group(element, "cac:TaxCategory")
    _put(category, "cbc:ID", allowance.category)
    if allowance.rate is not None:
        _put(category, "cbc:Percent", plain(allowance.rate))
    _vat(category)


def _allowance(parent: Element, amount: str, reason: str, currency: str) -> Element:
    allowance = _group(parent, "cac:AllowanceCharge")
    _put(allowance, "cbc:ChargeIndicator", "false")
    _put(allowance, "cbc:AllowanceChargeReasonCode", DISCOUNT)
    _put(allowance, "cbc:AllowanceChargeReason", reason)
    _put(allowance, "cbc:Amount", amount, currencyID=currency)
    return allowance


def _taxes(root: Element, stated: Terms) -> None:
    total = _group(root, "cac:TaxTotal")
    _put(total, "cbc:TaxAmount", stated.totals.tax_amount, currencyID=stated.currency)
    for tax in stated.taxes:
        _tax(total, tax, stated.currency)
    if stated.accounting_currency:
        amount, currency = stated.totals.accounting_tax_amount, stated.accounting_currency
        _put(_group(root, "cac:TaxTotal"), "cbc:TaxAmount", amount, currencyID=currency)


def _tax(total: Element, tax: Tax, currency: str) -> None:
    subtotal = _group(total, "cac:TaxSubtotal")
    _put(subtotal, "cbc:TaxableAmount", tax.taxable_amount, currencyID=currency)
    _put(subtotal, "cbc:TaxAmount", tax.tax_amount, currencyID=currency)
    category = _group(subtotal, "cac:TaxCategory")
    _put(category, "cbc:ID", tax.category)
    if tax.rate is not None:
        _put(category, "cbc:Percent", plain(tax.rate))
    _put(category, "cbc:TaxExemptionReasonCode", tax.reason_code)
    _put(category, "cbc:TaxExemptionReason", tax.reason)
    _vat(category)


def _vat(category: Element) -> None:
    _put(_group(category, "cac:TaxScheme"), "cbc:ID", "VAT")


def _totals(root: Element, stated: Terms) -> None:
    totals, currency = stated.totals, stated.currency
    element = _group(root, "cac:LegalMonetaryTotal")
    for name, amount in (
        ("LineExtensionAmount", totals.lines_amount),
        ("TaxExclusiveAmount", totals.net_amount),
        ("TaxInclusiveAmount", totals.total_amount),
        ("AllowanceTotalAmount", totals.allowance_amount),
        ("PrepaidAmount", totals.prepaid_amount),
        ("PayableAmount", totals.due_amount),
    ):
        _put(element, f"cbc:{name}", amount, currencyID=currency)


def _line(root: Element, line: ItemLine, stated: Terms) -> None:
    kind = "CreditNote" if stated.is_credit_note else "Invoice"
    quantity_name = "CreditedQuantity" if stated.is_credit_note else "InvoicedQuantity"
    price, currency = line.price, stated.currency
    element = _group(root, f"cac:{kind}Line")
    _put(element, "cbc:ID", line.line_id)
    _put(element, "cbc:Note", line.note)
    _put(element, f"cbc:{quantity_name}", plain(price.quantity), unitCode=price.unit_code)
    _put(element, "cbc:LineExtensionAmount", line.net_amount, currencyID=currency)
    if line.first_day and line.last_day:
        period = _group(element, "cac:InvoicePeriod")
        _put(period, "cbc:StartDate", line.first_day.isoformat())
        _put(period, "cbc:EndDate", line.last_day.isoformat())
    for allowance in line.allowances:
        _allowance(element, allowance.amount, allowance.reason, currency)
    _item(element, line)
    element = _group(element, "cac:Price")
    _put(element, "cbc:PriceAmount", plain(price.price), currencyID=currency)
    if price.base != 1:
        _put(element, "cbc:BaseQuantity", plain(price.base), unitCode=price.unit_code)


def _item(element: Element, line: ItemLine) -> None:
    item = _group(element, "cac:Item")
    _put(item, "cbc:Name", line.name)
    if line.seller_item_id:
        _put(_group(item, "cac:SellersItemIdentification"), "cbc:ID", line.seller_item_id)
    category = _group(item, "cac:ClassifiedTaxCategory")
    _put(category, "cbc:ID", line.category)
    if line.rate is not None:
        _put(category, "cbc:Percent", plain(line.rate))
    _vat(category)
    for name, value in line.attributes:
        attribute = _group(item, "cac:AdditionalItemProperty")
        _put(attribute, "cbc:Name", name)
        _put(attribute, "cbc:Value", value)
