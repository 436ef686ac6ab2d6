"""XML elements with text that is safe to put in them, and nothing else.

A text loses what XML 1.0 forbids, and what the page hides too: control
characters and those that turn the direction of writing. No entities, no
comments, no instructions; the same elements give the same bytes.
"""

from decimal import Decimal

from lxml import etree
from lxml.etree import _Element as Element

from renderers.document import DocumentError

_DROPPED = dict.fromkeys(
    [
        *range(0x20),
        *range(0x7F, 0xA0),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        *range(0xD800, 0xE000),
        0xFFFE,
        0xFFFF,
    ]
)
_UNWANTED: dict[int, str | None] = {**_DROPPED, **dict.fromkeys(map(ord, "\t\n\r"), " ")}


def clean(text: str | None) -> str:
    """The text without what XML forbids, on one line; empty where nothing is left."""
    return "" if text is None else text.translate(_UNWANTED).strip()


def cleaned(text: str | None) -> str | None:
    """The same, and None where nothing is left."""
    return clean(text) or None


def plain(number: Decimal) -> str:
    """A number without trailing zeros, never in powers of ten."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def exact(amount: Decimal, minor_units: int) -> str:
    """An amount with its currency's decimals; DocumentError where it has more."""
    signed = amount or amount.copy_abs()  # no -0
    digits, _, decimals = f"{signed:f}".partition(".")
    if decimals[minor_units:].strip("0"):
        raise DocumentError(f"the amount {amount} has more than {minor_units} decimals")
    kept = decimals[:minor_units].ljust(minor_units, "0")
    return f"{digits}.{kept}" if minor_units else digits


class Writer:
    """Adds elements by their prefixed names, such as `ram:ID`."""

    def __init__(self, namespaces: dict[str, str]) -> None:
        self._namespaces = namespaces
        self._tags: dict[str, str] = {}

    def root(self, name: str) -> Element:
        """The element that holds all others."""
        return etree.Element(self._tag(name), nsmap=self._namespaces)

    def group(self, parent: Element, name: str) -> Element:
        """An element for others to go into."""
        return etree.SubElement(parent, self._tag(name))

    def put(
        self, parent: Element, name: str, text: str | None, /, **attributes: str | None
    ) -> Element | None:
        """An element with text; none where there is no text."""
        shown = clean(text)
        if not shown:
            return None
        element = etree.SubElement(parent, self._tag(name))
        element.text = shown
        for attribute, value in attributes.items():
            if value:
                element.set(attribute, value)
        return element

    def _tag(self, name: str) -> str:
        tag = self._tags.get(name)
        if tag is None:
            prefix, _, local = name.partition(":")
            tag = f"{{{self._namespaces[prefix]}}}{local}"
            self._tags[name] = tag
        return tag


def written(root: Element) -> bytes:
    """The document's bytes, in UTF-8."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
