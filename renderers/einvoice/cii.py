"""A document as UN/CEFACT Cross Industry Invoice, the EN 16931 profile of Factur-X 1.09.

The order of elements is that of the schema.
"""

from datetime import date

from lxml.etree import _Element as Element

from renderers.document import Address, Document
from renderers.einvoice.lines import DISCOUNT, ItemLine
from renderers.einvoice.parties import Party
from renderers.einvoice.payments import Payment
from renderers.einvoice.terms import GUIDELINE, Allowance, Tax, Terms, terms
from renderers.einvoice.xml import Writer, plain, written
from renderers.theme import PLAIN, Theme

_INVOICE, _CREDIT_NOTE = "380", "381"
_DATE_FORMAT = "102"
_DUE_ON_ISSUE = "5"  # BT-8, UNTDID 2475
_UNECE = "urn:un:unece:uncefact:data:standard"
_XML = Writer(
    {
        "rsm": f"{_UNECE}:CrossIndustryInvoice:100",
        "qdt": f"{_UNECE}:QualifiedDataType:100",
        "ram": f"{_UNECE}:ReusableAggregateBusinessInformationEntity:100",
        "udt": f"{_UNECE}:UnqualifiedDataType:100",
    }
)
_put, _group = _XML.put, _XML.group


def render_cii(document: Document, theme: Theme = PLAIN) -> bytes:
    """The document as XML; the same document gives the same bytes.

    Raises DocumentError when an amount does not fit its currency.
    """
    stated = terms(document, theme)
    root = _XML.root("rsm:CrossIndustryInvoice")
    _context(root, stated)
    _exchanged_document(root, stated)
    transaction = _group(root, "rsm:SupplyChainTradeTransaction")
    for line in stated.lines:
        _line(transaction, line)
    _agreement(transaction, stated)
    _delivery(transaction, stated)
    _settlement(transaction, stated)
    return written(root)


def _context(root: Element, stated: Terms) -> None:
    context = _group(root, "rsm:ExchangedDocumentContext")
    if stated.business_process:
        process = _group(context, "ram:BusinessProcessSpecifiedDocumentContextParameter")
        _put(process, "ram:ID", stated.business_process)
    guideline = _group(context, "ram:GuidelineSpecifiedDocumentContextParameter")
    _put(guideline, "ram:ID", GUIDELINE)


def _exchanged_document(root: Element, stated: Terms) -> None:
    exchanged = _group(root, "rsm:ExchangedDocument")
    _put(exchanged, "ram:ID", stated.number)
    _put(exchanged, "ram:TypeCode", _CREDIT_NOTE if stated.is_credit_note else _INVOICE)
    _day(exchanged, "ram:IssueDateTime", stated.issue_date)
    for note in stated.notes:
        included = _group(exchanged, "ram:IncludedNote")
        _put(included, "ram:Content", note.text)
        _put(included, "ram:SubjectCode", note.subject)


def _line(transaction: Element, line: ItemLine) -> None:
    item = _group(transaction, "ram:IncludedSupplyChainTradeLineItem")
    associated = _group(item, "ram:AssociatedDocumentLineDocument")
    _put(associated, "ram:LineID", line.line_id)
    if line.note:
        _put(_group(associated, "ram:IncludedNote"), "ram:Content", line.note)
    product = _group(item, "ram:SpecifiedTradeProduct")
    _put(product, "ram:SellerAssignedID", line.seller_item_id)
    _put(product, "ram:Name", line.name)
    for name, value in line.attributes:
        characteristic = _group(product, "ram:ApplicableProductCharacteristic")
        _put(characteristic, "ram:Description", name)
        _put(characteristic, "ram:Value", value)
    price = line.price
    net_price = _group(
        _group(item, "ram:SpecifiedLineTradeAgreement"), "ram:NetPriceProductTradePrice"
    )
    _put(net_price, "ram:ChargeAmount", plain(price.price))
    if price.base != 1:
        _put(net_price, "ram:BasisQuantity", plain(price.base), unitCode=price.unit_code)
    delivery = _group(item, "ram:SpecifiedLineTradeDelivery")
    _put(delivery, "ram:BilledQuantity", plain(price.quantity), unitCode=price.unit_code)
    settlement = _group(item, "ram:SpecifiedLineTradeSettlement")
    tax = _group(settlement, "ram:ApplicableTradeTax")
    _put(tax, "ram:TypeCode", "VAT")
    _put(tax, "ram:CategoryCode", line.category)
    if line.rate is not None:
        _put(tax, "ram:RateApplicablePercent", plain(line.rate))
    if line.first_day and line.last_day:
        _period(settlement, line.first_day, line.last_day)
    for allowance in line.allowances:
        _allowance(settlement, allowance.amount, allowance.reason)
    summation = _group(settlement, "ram:SpecifiedTradeSettlementLineMonetarySummation")
    _put(summation, "ram:LineTotalAmount", line.net_amount)


def _agreement(transaction: Element, stated: Terms) -> None:
    agreement = _group(transaction, "ram:ApplicableHeaderTradeAgreement")
    _put(agreement, "ram:BuyerReference", stated.buyer_reference)
    _party(_group(agreement, "ram:SellerTradeParty"), stated.seller)
    _party(_group(agreement, "ram:BuyerTradeParty"), stated.buyer)
    if stated.purchase_order:
        order = _group(agreement, "ram:BuyerOrderReferencedDocument")
        _put(order, "ram:IssuerAssignedID", stated.purchase_order)
    if stated.contract_reference:
        contract = _group(agreement, "ram:ContractReferencedDocument")
        _put(contract, "ram:IssuerAssignedID", stated.contract_reference)


def _party(element: Element, party: Party) -> None:
    if party.identifier:
        name = "ram:GlobalID" if party.identifier.scheme else "ram:ID"
        _put(element, name, party.identifier.value, schemeID=party.identifier.scheme)
    _put(element, "ram:Name", party.name)
    _put(element, "ram:Description", party.legal_information)
    if party.registration:
        organization = _group(element, "ram:SpecifiedLegalOrganization")
        _put(organization, "ram:ID", party.registration.value, schemeID=party.registration.scheme)
    if party.phone or party.email:
        contact = _group(element, "ram:DefinedTradeContact")
        if party.phone:
            telephone = _group(contact, "ram:TelephoneUniversalCommunication")
            _put(telephone, "ram:CompleteNumber", party.phone)
        if party.email:
            _put(_group(contact, "ram:EmailURIUniversalCommunication"), "ram:URIID", party.email)
    _address(element, party.address)
    if party.electronic_address:
        communication = _group(element, "ram:URIUniversalCommunication")
        reached = party.electronic_address
        _put(communication, "ram:URIID", reached.value, schemeID=reached.scheme)
    for number, scheme in ((party.vat_id, "VA"), (party.tax_registration, "FC")):
        if number:
            registration = _group(element, "ram:SpecifiedTaxRegistration")
            _put(registration, "ram:ID", number, schemeID=scheme)


def _address(element: Element, address: Address) -> None:
    postal = _group(element, "ram:PostalTradeAddress")
    _put(postal, "ram:PostcodeCode", address.postal_code)
    _put(postal, "ram:LineOne", address.street)
    _put(postal, "ram:LineTwo", address.street_2)
    _put(postal, "ram:CityName", address.city)
    _put(postal, "ram:CountryID", address.country_code)


def _delivery(transaction: Element, stated: Terms) -> None:
    delivery = _group(transaction, "ram:ApplicableHeaderTradeDelivery")
    _address(_group(delivery, "ram:ShipToTradeParty"), stated.delivery_address)


def _settlement(transaction: Element, stated: Terms) -> None:
    settlement = _group(transaction, "ram:ApplicableHeaderTradeSettlement")
    payment = stated.payment
    if payment:
        _put(settlement, "ram:CreditorReferenceID", payment.creditor_id)
        _put(settlement, "ram:PaymentReference", stated.number)
    _put(settlement, "ram:TaxCurrencyCode", stated.accounting_currency)
    _put(settlement, "ram:InvoiceCurrencyCode", stated.currency)
    if payment:
        _payment_means(settlement, payment)
    for tax in stated.taxes:
        _tax(settlement, tax, is_due_on_issue=stated.is_vat_due_on_issue)
    _period(settlement, stated.first_day, stated.last_day)
    for allowance in stated.allowances:
        _document_allowance(settlement, allowance)
    _payment_terms(settlement, stated)
    _totals(settlement, stated)
    for preceding in stated.preceding:
        referenced = _group(settlement, "ram:InvoiceReferencedDocument")
        _put(referenced, "ram:IssuerAssignedID", preceding.number)
        if preceding.issue_date:
            _day(referenced, "ram:FormattedIssueDateTime", preceding.issue_date, "qdt")


def _payment_terms(settlement: Element, stated: Terms) -> None:
    element = _group(settlement, "ram:SpecifiedTradePaymentTerms")
    _put(element, "ram:Description", stated.payment_terms)
    if stated.due_date:
        _day(element, "ram:DueDateDateTime", stated.due_date)
    if stated.payment:
        _put(element, "ram:DirectDebitMandateID", stated.payment.mandate)


def _payment_means(settlement: Element, payment: Payment) -> None:
    means = _group(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
    _put(means, "ram:TypeCode", payment.means)
    _put(means, "ram:Information", payment.means_text)
    if payment.iban:
        account = _group(means, "ram:PayeePartyCreditorFinancialAccount")
        _put(account, "ram:IBANID", payment.iban)
        _put(account, "ram:AccountName", payment.account_name)
    if payment.bic:
        institution = _group(means, "ram:PayeeSpecifiedCreditorFinancialInstitution")
        _put(institution, "ram:BICID", payment.bic)


def _tax(settlement: Element, tax: Tax, *, is_due_on_issue: bool) -> None:
    element = _group(settlement, "ram:ApplicableTradeTax")
    _put(element, "ram:CalculatedAmount", tax.tax_amount)
    _put(element, "ram:TypeCode", "VAT")
    _put(element, "ram:ExemptionReason", tax.reason)
    _put(element, "ram:BasisAmount", tax.taxable_amount)
    _put(element, "ram:CategoryCode", tax.category)
    _put(element, "ram:ExemptionReasonCode", tax.reason_code)
    _put(element, "ram:DueDateTypeCode", _DUE_ON_ISSUE if is_due_on_issue else None)
    if tax.rate is not None:
        _put(element, "ram:RateApplicablePercent", plain(tax.rate))


def _document_allowance(settlement: Element, allowance: Allowance) -> None:
    element = _allowance(settlement, allowance.amount, allowance.reason)
    tax = _group(element, "ram:CategoryTradeTax")
    _put(tax, "ram:TypeCode", "VAT")
    _put(tax, "ram:CategoryCode", allowance.category)
    if allowance.rate is not None:
        _put(tax, "ram:RateApplicablePercent", plain(allowance.rate))


def _allowance(parent: Element, amount: str, reason: str) -> Element:
    allowance = _group(parent, "ram:SpecifiedTradeAllowanceCharge")
    _put(_group(allowance, "ram:ChargeIndicator"), "udt:Indicator", "false")
    _put(allowance, "ram:ActualAmount", amount)
    _put(allowance, "ram:ReasonCode", DISCOUNT)
    _put(allowance, "ram:Reason", reason)
    return allowance


def _totals(settlement: Element, stated: Terms) -> None:
    totals = stated.totals
    summation = _group(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    _put(summation, "ram:LineTotalAmount", totals.lines_amount)
    _put(summation, "ram:AllowanceTotalAmount", totals.allowance_amount)
    _put(summation, "ram:TaxBasisTotalAmount", totals.net_amount)
    _put(summation, "ram:TaxTotalAmount", totals.tax_amount, currencyID=stated.currency)
    _put(
        summation,
        "ram:TaxTotalAmount",
        totals.accounting_tax_amount,
        currencyID=stated.accounting_currency,
    )
    _put(summation, "ram:GrandTotalAmount", totals.total_amount)
    _put(summation, "ram:TotalPrepaidAmount", totals.prepaid_amount)
    _put(summation, "ram:DuePayableAmount", totals.due_amount)


def _period(parent: Element, first_day: date, last_day: date) -> None:
    period = _group(parent, "ram:BillingSpecifiedPeriod")
    _day(period, "ram:StartDateTime", first_day)
    _day(period, "ram:EndDateTime", last_day)


def _day(parent: Element, name: str, day: date, prefix: str = "udt") -> None:
    element = _group(parent, name)
    _put(element, f"{prefix}:DateTimeString", f"{day:%Y%m%d}", format=_DATE_FORMAT)
