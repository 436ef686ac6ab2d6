"""The dbt project as a manifest: parsed once, kept under RELEVE_HOME, read by every process.

Not here: what is built from it (resources.py) and how it becomes assets (assets.py).
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.files import address
from orchestration.home import DBT_PROJECT, PROJECT, Home

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

_SEEDS = PROJECT / "seeds" / "reference"
_SOURCES = ("dbt_project.yml", "profiles.yml", "macros", "models", "tests")
_MANIFEST, _PARSED = "manifest.json", "partial_parse.msgpack"
_WAREHOUSE_VARIABLE = "RELEVE_WAREHOUSE"
# Folders of dbt's own macros that no model here has a use for: a third of all.
_UNUSED = (
    "macros/materializations/functions/",
    "macros/materializations/snapshots/",
    "macros/python_model/",
    "macros/relations/materialized_view/",
    "macros/unit_test_sql/",
    "macros/utils/",
)


class DbtProjectError(RuntimeError):
    """The dbt project cannot be parsed; says where."""


def read_manifest(home: Home) -> dict[str, Any]:
    """dbt's manifest of the project as it is on disk now, parsed first where it has changed."""
    with _parsed(home):
        manifest: dict[str, Any] = json.loads((home.dbt_target / _MANIFEST).read_bytes())
    return manifest


def load_manifest(home: Home) -> "Manifest":
    """The same manifest as the object that dbt's runner takes, so that it need not parse."""
    with _parsed(home) as fingerprint:
        return _loaded(home.dbt_target / _PARSED, fingerprint)


def project_digest() -> str:
    """A digest of every file that dbt reads, and of dbt's own version."""
    digest = hashlib.sha256()
    for package in ("dbt-core", "dbt-duckdb"):
        digest.update(f"{package}=={version(package)}\n".encode())
    for path in sorted(_files()):
        digest.update(f"{path.relative_to(PROJECT)}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def folders(home: Home) -> list[str]:
    """dbt's arguments that keep what it writes out of the project."""
    return [
        f"--project-dir={DBT_PROJECT}",
        f"--profiles-dir={DBT_PROJECT}",
        f"--target-path={home.dbt_target}",
        f"--log-path={home.dbt_logs}",
    ]


@contextmanager
def warehouse_named(home: Home) -> Iterator[None]:
    """Tell profiles.yml, for a block of work, which warehouse is meant."""
    before = os.environ.get(_WAREHOUSE_VARIABLE)
    os.environ[_WAREHOUSE_VARIABLE] = address(home.warehouse)
    try:
        yield
    finally:
        if before is None:
            del os.environ[_WAREHOUSE_VARIABLE]
        else:
            os.environ[_WAREHOUSE_VARIABLE] = before


@contextmanager
def _parsed(home: Home) -> Iterator[str]:
    """Hold the target folder, its manifest up to date; two processes may start at once."""
    target = home.prepare().dbt_target
    note = target / "fingerprint"
    with (target.parent / "parse.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fingerprint = project_digest()
        if not note.exists() or note.read_text() != f"{fingerprint}{_digest(target)}":
            note.unlink(missing_ok=True)
            # dbt would begin with what it parsed before, which may be damaged.
            (target / _PARSED).unlink(missing_ok=True)
            _parse(home)
            note.write_text(f"{fingerprint}{_digest(target)}")
        yield fingerprint


def _digest(target: Path) -> str:
    """A digest of what dbt parsed, as it is on disk."""
    digest = hashlib.sha256()
    for path in (target / _MANIFEST, target / _PARSED):
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()


def _parse(home: Home) -> None:
    from dbt.cli.main import dbtRunner

    with warehouse_named(home):
        result = dbtRunner().invoke(["--quiet", "--log-level=none", "parse", *folders(home)])
    if not result.success:
        raise DbtProjectError(f"dbt cannot read {DBT_PROJECT}: {result.exception}")


@cache
def _loaded(path: Path, _fingerprint: str) -> "Manifest":
    """Kept for as long as the project is the same; a run builds twice.

    Without unit tests, which no close runs, and without the macros that none needs: dbt wraps
    each macro that it has anew, twice for each node.
    """
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    manifest = Manifest.from_msgpack(path.read_bytes(), decoder=extended_mashumuro_decoder)
    manifest.unit_tests.clear()
    needed = _macros_needed(manifest)
    manifest.macros = {key: macro for key, macro in manifest.macros.items() if key in needed}
    return manifest


def _macros_needed(manifest: "Manifest") -> set[str]:
    """All but the folders of no use here, and what of those the others name all the same."""
    macros = manifest.macros
    named = [name for node in manifest.nodes.values() for name in node.depends_on_macros]
    found = [
        key
        for key, macro in macros.items()
        if macro.package_name == "releve" or not macro.path.startswith(_UNUSED)
    ]
    needed: set[str] = set()
    waiting = [*named, *found]
    while waiting:
        key = waiting.pop()
        if key in macros and key not in needed:
            needed.add(key)
            waiting += macros[key].depends_on.macros
    return needed


def _files() -> Iterator[Path]:
    for source in [*(DBT_PROJECT / name for name in _SOURCES), _SEEDS]:
        if source.is_file():
            yield source
        else:
            yield from (path for path in source.rglob("*") if path.is_file())
