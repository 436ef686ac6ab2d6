"""Seller and buyer as EN 16931 names them (BG-4, BG-7): identifiers and where they are reached.

French parties are known by their SIREN (scheme 0002), their establishments by SIRET
(0009), and are reached at the address that the reform gives a SIREN (0225).
"""

import re
from dataclasses import dataclass

from renderers.document import Address, Buyer, Seller
from renderers.einvoice.xml import clean, cleaned

FRANCE = "FR"
_SIREN_SCHEME = "0002"
_SIRET_SCHEME = "0009"
_FRENCH_ADDRESS_SCHEME = "0225"
_EMAIL_SCHEME = "EM"
# Electronic address schemes (EAS) of VAT numbers, for who has no better address.
VAT_SCHEMES = {
    "AT": "9914", "BE": "9925", "BG": "9926", "CH": "9927", "CY": "9928", "CZ": "9929",
    "DE": "9930", "EE": "9931", "ES": "9920", "GB": "9932", "GR": "9933", "HR": "9934",
    "HU": "9910", "IE": "9935", "LI": "9936", "LT": "9937", "LU": "9938", "LV": "9939",
    "MC": "9940", "MT": "9943", "NL": "9944", "PL": "9945", "PT": "9946", "RO": "9947",
    "SI": "9949", "SK": "9950",
}  # fmt: skip
_GIVEN = re.compile(r"(EM|A[NQSU]|\d{4}):\s*(\S.*)")


@dataclass(frozen=True, slots=True)
class Identifier:
    """A value and the scheme it belongs to, if any."""

    value: str
    scheme: str | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A party's terms; any may be missing but the name."""

    name: str
    address: Address
    identifier: Identifier | None
    registration: Identifier | None
    vat_id: str | None
    tax_registration: str | None
    electronic_address: Identifier | None
    phone: str | None
    email: str | None
    legal_information: str | None = None


def seller_party(seller: Seller, *, has_vat: bool, legal_information: str | None) -> Party:
    """BG-4. Outside the scope of VAT no VAT id may stand (BR-O-02).

    A seller without a VAT id is taxed by its registration (BT-32); one without any
    number is known by its key (BR-CO-26).
    """
    registration, establishment = _registered(seller)
    vat_id = compact(seller.vat_id) if has_vat else None
    identifier = establishment
    if not (identifier or registration or vat_id):
        identifier = Identifier(seller.entity_id)
    return Party(
        name=clean(seller.name) or seller.entity_id,
        address=seller.address,
        identifier=identifier,
        registration=registration,
        vat_id=vat_id,
        tax_registration=(registration.value if registration and has_vat and not vat_id else None),
        electronic_address=_electronic_address(seller, registration),
        phone=cleaned(seller.phone),
        email=cleaned(seller.email),
        legal_information=legal_information,
    )


def buyer_party(buyer: Buyer, *, has_vat: bool, needs_scheme: bool) -> Party:
    """BG-7. Its customer number has no scheme, which French rules want (BR-FR-CO-10)."""
    registration, establishment = _registered(buyer)
    number = None if needs_scheme else Identifier(buyer.account_id)
    return Party(
        name=clean(buyer.name) or buyer.account_id,
        address=buyer.address,
        identifier=establishment or number,
        registration=registration,
        vat_id=compact(buyer.vat_id) if has_vat else None,
        tax_registration=None,
        electronic_address=_electronic_address(buyer, registration),
        phone=None,
        email=cleaned(buyer.email),
    )


def siren(party: Seller | Buyer) -> str | None:
    """The nine digits by which a French business is known."""
    if party.address.country_code != FRANCE:
        return None
    number = compact(party.registration_id) or ""
    is_number = number.isascii() and number.isdigit() and len(number) in {9, 14}
    return number[:9] if is_number else None


def _registered(party: Seller | Buyer) -> tuple[Identifier | None, Identifier | None]:
    """Registration (BT-30, BT-47) and, of a SIRET, the establishment (BT-29, BT-46)."""
    number = compact(party.registration_id)
    if number is None:
        return None, None
    business = siren(party)
    if business is None:
        return Identifier(number), None
    establishment = Identifier(number, _SIRET_SCHEME) if number != business else None
    return Identifier(business, _SIREN_SCHEME), establishment


def _electronic_address(
    party: Seller | Buyer, registration: Identifier | None
) -> Identifier | None:
    """BT-34 and BT-49: what was given, else SIREN, email or VAT number.

    Where the reform routes by SIREN, another address would not arrive (BR-FR-21).
    """
    address = _given_address(clean(party.electronic_address))
    if registration and registration.scheme == _SIREN_SCHEME:
        is_routed = (
            address is not None
            and address.scheme == _FRENCH_ADDRESS_SCHEME
            and address.value.startswith(registration.value)
        )
        return address if is_routed else Identifier(registration.value, _FRENCH_ADDRESS_SCHEME)
    if address:
        return address
    if email := clean(party.email):
        return Identifier(email, _EMAIL_SCHEME)
    scheme = VAT_SCHEMES.get(party.address.country_code or "")
    vat_id = compact(party.vat_id)
    return Identifier(vat_id, scheme) if scheme and vat_id else None


def _given_address(text: str) -> Identifier | None:
    """An address with its scheme before it, or an email address by itself."""
    given = _GIVEN.fullmatch(text)
    if given:
        return Identifier(given[2], given[1])
    return Identifier(text, _EMAIL_SCHEME) if "@" in text else None


def compact(text: str | None) -> str | None:
    """A number as registers hold it, without the spaces of its reader."""
    return "".join(clean(text).split()) or None
