"""Where an item goes and how it is taxed: payers, groups, tax, from the rows as they landed."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from .items import ItemKey
from .records import ALWAYS, Row, Rows, current_rows, day, is_true

MEMBER_STATES = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EUROPEAN_UNION = set(MEMBER_STATES.split())
# Monaco's territory is France's for value added tax.
VAT_COUNTRIES = {"MC": "FR"}


class Group(NamedTuple):
    """What decides whether two lines share a document (rule 36)."""

    entity_id: str
    account_id: str
    currency: str
    payment_method: str
    payment_terms_days: int
    purchase_order: str
    invoice_group: str
    own_subscription_id: str


class Tax(NamedTuple):
    """A category of EN 16931 and a rate in percent."""

    category: str
    rate: Decimal


class Conversion(NamedTuple):
    """What one unit of a document's currency is worth in the seller's."""

    currency: str
    rate: Fraction


@dataclass
class Terms:
    """The rows that say where items go, each key's current one."""

    rows: Rows
    entities: dict[str, Row] = field(init=False)
    accounts: dict[str, Row] = field(init=False)
    subscriptions: dict[str, Row] = field(init=False)
    charges: dict[str, Row] = field(init=False)
    one_time_charges: dict[str, Row] = field(init=False)
    tax_rates: list[Row] = field(init=False)
    exchange_rates: list[Row] = field(init=False)

    def __post_init__(self) -> None:
        self.entities = self._by_key("billing_entities", "entity_id")
        self.accounts = {
            account_id: row
            for account_id, row in self._by_key("accounts", "account_id").items()
            if row["entity_id"] in self.entities
        }
        self.subscriptions = self._by_key("subscriptions", "subscription_id")
        self.charges = self._by_key("charges", "charge_id")
        self.one_time_charges = self._by_key("one_time_charges", "item_id")
        key = ("tax_code", "country_code", "valid_from")
        self.tax_rates = current_rows(self.rows, "tax_rates", *key)
        key = ("currency", "base_currency", "valid_from")
        self.exchange_rates = current_rows(self.rows, "exchange_rates", *key)

    def _by_key(self, table: str, key: str) -> dict[str, Row]:
        return {row[key]: row for row in current_rows(self.rows, table, key)}

    def payer_of(self, account_id: str) -> tuple[str, bool]:
        """The last account of the chain of payers, and whether it ends as it says (rule 32)."""
        while payer := self.accounts[account_id].get("payer_account_id", ""):
            if payer not in self.accounts:
                return account_id, False
            account_id = payer
        return account_id, True

    def consumer_of(self, key: ItemKey) -> str:
        """The account that consumed an item that exists."""
        row = self.one_time_charges.get(key.charge_id) or self.subscriptions[key.subscription_id]
        return row["account_id"]

    def line_type_of(self, key: ItemKey) -> str:
        """The kind of an item that was not billed before."""
        if key.charge_id in self.one_time_charges:
            return "one_time"
        return self.charges[key.charge_id]["kind"]

    def group_of(self, key: ItemKey, account_id: str) -> Group:
        """The document's terms are the subscription's own, else the payer's (rule 36)."""
        payer_id, _ = self.payer_of(account_id)
        payer, consumer = self.accounts[payer_id], self.accounts[account_id]
        own = self.subscriptions.get(key.subscription_id, {})

        def term(name: str, default: str) -> str:
            return own.get(name) or payer.get(name) or default

        is_consolidated = is_true(consumer.get("is_consolidated") or "true")
        return Group(
            entity_id=consumer["entity_id"],
            account_id=payer_id,
            currency=key.currency,
            payment_method=term("payment_method", "bank_transfer"),
            payment_terms_days=int(term("payment_terms_days", "30")),
            purchase_order=term("purchase_order", ""),
            invoice_group=own.get("invoice_group", ""),
            own_subscription_id="" if is_consolidated else key.subscription_id,
        )

    def tax_of(self, key: ItemKey, group: Group, on: date) -> Tax:
        """Category and rate of an item by the payer's country (rule 41); LookupError without one.

        The rate is that of the item's own bill date.
        """
        payer = self.accounts[group.account_id]
        buyer = _vat_country(payer["country_code"])
        seller = _vat_country(self.entities[group.entity_id]["country_code"])
        if is_true(payer.get("is_tax_exempt", "")):
            return Tax("E", Decimal(0))
        if buyer != seller and not {buyer, seller} <= EUROPEAN_UNION:
            return Tax("O", Decimal(0))
        if buyer != seller and payer.get("vat_id"):
            return Tax("AE", Decimal(0))
        code = self._tax_code_of(key)
        valid = [
            row
            for row in self.tax_rates
            if (row["tax_code"], row["country_code"]) == (code, buyer)
            and day(row.get("valid_from", ""), ALWAYS) <= on
        ]
        if not valid:
            raise LookupError(f"no rate of {code} in {buyer} on {on}")
        latest = max(valid, key=lambda row: day(row.get("valid_from", ""), ALWAYS))
        return Tax(latest.get("category") or "S", Decimal(latest["rate"]))

    def conversion(self, group: Group, on: date) -> Conversion | None:
        """How a document's tax is stated in its seller's currency (BT-6), at a day's last rate.

        None without any rate into that currency; LookupError where a later one alone would do.
        """
        own = self.entities[group.entity_id]["currency"]
        rates = [row for row in self.exchange_rates if row["base_currency"] == own]
        if group.currency == own or not rates:
            return None
        valid = [
            row
            for row in rates
            if row["currency"] == group.currency and day(row.get("valid_from", ""), ALWAYS) <= on
        ]
        if not valid:
            raise LookupError(f"no exchange rate {group.currency} to {own} on {on}")
        latest = max(valid, key=lambda row: day(row.get("valid_from", ""), ALWAYS))
        return Conversion(own, Fraction(latest["rate"]))

    def _tax_code_of(self, key: ItemKey) -> str:
        landed = self.one_time_charges.get(key.charge_id, {})
        charge = self.charges.get(landed.get("charge_id", "") if landed else key.charge_id, {})
        return landed.get("tax_code") or charge.get("tax_code") or "standard"


def _vat_country(country: str) -> str:
    return VAT_COUNTRIES.get(country, country)
