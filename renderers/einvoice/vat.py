"""What EN 16931 says of a VAT category: which have a rate, a reason, and its code (BT-121)."""

import re

NOT_SUBJECT = "O"
_WITHOUT_REASON = frozenset({"S", "Z"})  # BR-S-10, BR-Z-10
_CODES_BY_CATEGORY = {
    "AE": "VATEX-EU-AE",
    "K": "VATEX-EU-IC",
    "G": "VATEX-EU-G",
    "O": "VATEX-EU-O",
}
_CODE = re.compile(r"\bVATEX-[A-Z0-9]+(?:-[A-Z0-9]+)*\b")


def exemption(category: str, reason: str | None) -> tuple[str | None, str | None]:
    """Why no VAT is charged, in words (BT-120) and as a code (BT-121).

    A code that the reason names ("Article 261 C (VATEX-FR-CGI261C-2)") is the code;
    the zero rate has no reason at all (BR-Z-10).
    """
    if category in _WITHOUT_REASON:
        return None, None
    named = _CODE.search(reason or "")
    return reason, named[0] if named else _CODES_BY_CATEGORY.get(category)


def has_rate(category: str) -> bool:
    """Whether lines and groups of the category state a rate (BR-O-05)."""
    return category != NOT_SUBJECT
