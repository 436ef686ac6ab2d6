"""A seller's logo: an SVG image that can stand in a page, because it holds nothing but shapes.

What is harmless and not a shape (an editor's notes) is dropped; what could run, fetch or cover
the page makes the whole logo unusable.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

_SVG = "http://www.w3.org/2000/svg"
_AS_DEFAULT: Any = {None: _SVG}  # the stubs know of no default namespace
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_MOST_BYTES = 64_000
_MOST_NODES = 2_000
_DEEPEST = 32

_SHAPES = """
    svg g defs path rect circle ellipse line polyline polygon linearGradient radialGradient stop
    clipPath use
"""
_SETTINGS = """
    id href d x y x1 y1 x2 y2 cx cy r rx ry fx fy width height points transform viewBox offset
    gradientUnits gradientTransform spreadMethod clipPathUnits clip-path clip-rule fill
    fill-opacity fill-rule opacity stop-color stop-opacity stroke stroke-dasharray stroke-linecap
    stroke-linejoin stroke-miterlimit stroke-opacity stroke-width preserveAspectRatio
"""
_ELEMENTS = frozenset(_SHAPES.split())
_DROPPED = frozenset({"metadata", "title", "desc"})
_ATTRIBUTES = frozenset(_SETTINGS.split())
_STYLES = _ATTRIBUTES - {"id", "href", "d", "viewBox"}
_LOCAL = re.compile(r"#[\w.-]+")
_URL = re.compile(r"url\(\s*(['\"]?)(?P<target>.*?)\1\s*\)", re.IGNORECASE)
_VALUE = re.compile(r"[\w\s#%.,()+\-:;'\"]*")
_PREFIX = "logo-"
_OF_IMAGE = frozenset({"id", "width", "height", "x", "y", "viewBox", "preserveAspectRatio"})
_LEAST_ASPECT, _MOST_ASPECT = Decimal("0.1"), Decimal(20)


class LogoError(ValueError):
    """The image is not used; the message says why."""


@dataclass(frozen=True)
class Logo:
    """The image's shapes as one group, the box they stand in, its width for a height of 1."""

    markup: str
    view_box: str
    aspect: Decimal


def sanitised(content: bytes) -> Logo:
    """The logo that an SVG file holds; raises LogoError when it holds anything but shapes."""
    if len(content) > _MOST_BYTES:
        raise LogoError(f"larger than {_MOST_BYTES} bytes")
    if b"<!DOCTYPE" in content.upper() or b"<!ENTITY" in content.upper():
        raise LogoError("it declares a document type")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise LogoError(f"not well-formed: {error.msg}") from error
    if root.tag != f"{{{_SVG}}}svg":
        raise LogoError("not an SVG image")
    if sum(1 for _ in root.iter()) > _MOST_NODES:
        raise LogoError(f"more than {_MOST_NODES} elements")
    shapes = etree.Element(f"{{{_SVG}}}g", nsmap=_AS_DEFAULT)
    _copy(root, shapes, depth=0)
    for name in _OF_IMAGE & set(map(str, shapes.keys())):
        del shapes.attrib[name]
    left, top, width, height = _box(root)
    return Logo(
        markup=etree.tostring(shapes, encoding="unicode"),
        view_box=f"{left} {top} {width} {height}",
        aspect=(width / height).quantize(Decimal("0.001")),
    )


def _copy(source: etree._Element, target: etree._Element, depth: int) -> None:
    """Copy attributes and children that are shapes; refuse what is not harmless."""
    if depth > _DEEPEST:
        raise LogoError(f"deeper than {_DEEPEST} elements")
    for name, value in source.attrib.items():
        _copy_attribute(str(name), str(value), target)
    for child in source:
        qualified = etree.QName(child)
        if qualified.namespace != _SVG or qualified.localname in _DROPPED:
            continue
        if qualified.localname not in _ELEMENTS:
            raise LogoError(f"it holds <{qualified.localname}>")
        _copy(child, etree.SubElement(target, qualified.text), depth + 1)


def _copy_attribute(name: str, value: str, target: etree._Element) -> None:
    local = "href" if name == _XLINK_HREF else name
    if local.lower().startswith("on"):
        raise LogoError(f"it reacts to events ({local})")
    outside = [found for found in _URL.finditer(value) if not _LOCAL.fullmatch(found["target"])]
    if outside or (local == "href" and not _LOCAL.fullmatch(value)):
        raise LogoError(f"its {local} refers to something outside")
    if local == "style":
        _copy_style(value, target)
    elif local in _ATTRIBUTES:
        if not _VALUE.fullmatch(value):
            raise LogoError(f"its {local} is not plain")
        target.set(local, _renamed(local, value))


def _copy_style(text: str, target: etree._Element) -> None:
    """Each declaration that an attribute could be, as that attribute."""
    for declaration in text.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name in _STYLES:
            _copy_attribute(name, value, target)


def _renamed(name: str, value: str) -> str:
    """The value with its ids under names that the page has not."""
    if name == "id":
        return f"{_PREFIX}{value}"
    if name == "href":
        return f"#{_PREFIX}{value[1:]}"
    return _URL.sub(lambda found: f"url(#{_PREFIX}{found['target'][1:]})", value)


def _box(root: etree._Element) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Left, top, width and height: those of the viewBox, else its own size."""
    box = re.split(r"[\s,]+", (root.get("viewBox") or "").strip())
    if len(box) != 4:
        box = ["0", "0", root.get("width") or "", root.get("height") or ""]
    try:
        left, top, width, height = (Decimal(re.sub(r"(px|pt|mm)$", "", text)) for text in box)
    except InvalidOperation as error:
        raise LogoError("it has neither a viewBox nor a size") from error
    if not all(number.is_finite() for number in (left, top, width, height)):
        raise LogoError("its size is not a number")
    if width <= 0 or height <= 0 or not _LEAST_ASPECT <= width / height <= _MOST_ASPECT:
        raise LogoError("its width and height do not make a logo")
    return left, top, width, height
