"""The QR code that a bank's app reads to fill in a SEPA credit transfer (EPC069-12, version 2)."""

import re
from decimal import Decimal
from functools import lru_cache

import segno

from renderers.document import Document

_NAME_LENGTH = 70
_TEXT_LENGTH = 140
_MOST_BYTES = 331
_LARGEST_VERSION = 13
_LEAST, _MOST = Decimal("0.01"), Decimal("999999999.99")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
_QUIET_ZONE = 4


def transfer_text(document: Document) -> str | None:
    """What the code says, or None where a SEPA transfer is not how the document is paid.

    Only for an invoice in EUR, paid by transfer, with an amount due and an IBAN whose
    check digits are right: a code that a bank refuses is worse than none.
    """
    header, seller = document.header, document.seller
    amount = document.totals.due_amount
    iban = "".join((seller.iban or "").split()).upper()
    bic = "".join((seller.bic or "").split()).upper()
    if (
        header.kind != "invoice"
        or header.payment_method != "bank_transfer"
        or header.currency != "EUR"
        or not _LEAST <= amount <= _MOST
        or not is_iban(iban)
    ):
        return None
    lines = (
        "BCD",
        "002",
        "1",  # UTF-8
        "SCT",
        bic if _BIC.fullmatch(bic) else "",
        _one_line(seller.name)[:_NAME_LENGTH],
        iban,
        f"EUR{amount:.2f}",
        "",  # purpose
        "",  # structured reference
        _one_line(header.number)[:_TEXT_LENGTH],
    )
    text = "\n".join(lines)
    return text if len(text.encode()) <= _MOST_BYTES else None


def is_iban(iban: str) -> bool:
    """Whether the check digits of an IBAN without spaces are right (ISO 13616)."""
    if not _IBAN.fullmatch(iban):
        return False
    digits = "".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])
    return int(digits) % 97 == 1


@lru_cache(maxsize=4)  # page and PDF of a document show the same
def modules_path(text: str) -> tuple[int, str]:
    """The code's side in modules, quiet zone included, and its dark ones as lines of an SVG path.

    The lines are one module thick.
    """
    code = segno.make(text, error="m", boost_error=False, micro=False, encoding="utf-8")
    if int(code.version) > _LARGEST_VERSION:
        raise ValueError("a transfer's code has at most version 13")
    runs: list[str] = []
    for y, row in enumerate(code.matrix):
        bits = bytes(row).translate(bytes.maketrans(b"\0\1", b"01")).decode()
        for run in re.finditer("1+", bits):
            start = run.start() + _QUIET_ZONE
            runs.append(f"M{start} {y + _QUIET_ZONE}.5h{run.end() - run.start()}")
    return len(code.matrix) + 2 * _QUIET_ZONE, "".join(runs)


def _one_line(text: str) -> str:
    return " ".join(text.split())
