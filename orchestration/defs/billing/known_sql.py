"""The SQL that dbt makes of models and tests, kept under RELEVE_HOME from one build to the next.

Of nearly all of them it follows from the project alone, and making it anew was a fifth of a small
close. It is kept with the project's digest, and made anew when that is another one.

Not here: what runs it (resources.py).
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt.flags import get_flags
from dbt.task.compile import CompileRunner
from dbt.task.test import TestResultData, TestRunner

from orchestration.defs.billing.lean_dbt import replaced
from orchestration.defs.billing.manifest import project_digest
from orchestration.home import Home

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

_FILE = "known_sql.json"
_TEMPLATE = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
# What a template names to ask the database, this run or the machine.
_ASKS = re.compile(
    r"""
    \b(
        adapter(?!\.dispatch) | statement | run_query | load_result | execute | this | flags
        | is_incremental | graph | env_var | run_started_at | invocation_id | modules
        | invocation_args_dict
    )\b
    """,
    re.VERBOSE,
)


@contextmanager
def known_sql(home: Home, manifest: "Manifest") -> Iterator[None]:
    """For a block of work, have dbt make only the SQL that is not known yet, and keep it."""
    path = home.dbt_target / _FILE
    project = project_digest()
    known = read_known(path, project)
    before = len(known)
    fixed = set(fixed_nodes(manifest))

    def compile_once(runner: CompileRunner, manifest: "Manifest") -> Any:
        node = runner.node
        if node.unique_id in known:
            node.compiled_code = known[node.unique_id]
            node.compiled = node.extra_ctes_injected = True
            return node
        node = made(runner, manifest)
        if node.unique_id in fixed:
            known[node.unique_id] = node.compiled_code
        return node

    def run_test(runner: TestRunner, test: Any, manifest: "Manifest") -> Any:
        if test.unique_id not in known or _keeps_failures(test):
            return by_template(runner, test, manifest)
        return _run_test(runner, test)

    with (
        replaced(CompileRunner, "compile", compile_once) as made,
        replaced(TestRunner, "execute_data_test", run_test) as by_template,
    ):
        yield
    if len(known) > before:
        _write(path, project, known)


def fixed_nodes(manifest: "Manifest") -> Iterator[str]:
    """The nodes whose SQL is the same in each build: no template of theirs asks anything."""
    asking = {key for key, macro in manifest.macros.items() if _asks(macro.macro_sql)}
    for key, node in manifest.nodes.items():
        if not _asks(node.raw_code) and not asking & _reached(manifest, node.depends_on_macros):
            yield key


def read_known(path: Path, project: str) -> dict[str, str]:
    """SQL by node; none where it was made of another project, or the file is not whole."""
    if not path.exists():
        return {}
    digest, _, text = path.read_bytes().partition(b"\n")
    if digest != _digest(project, text):
        return {}
    known: dict[str, str] = json.loads(text)
    return known


def _write(path: Path, project: str, known: dict[str, str]) -> None:
    text = json.dumps(known).encode()
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(_digest(project, text) + b"\n" + text)
    unfinished.replace(path)


def _digest(project: str, text: bytes) -> bytes:
    return hashlib.sha256(project.encode() + text).hexdigest().encode()


def _asks(template: str) -> bool:
    return any(_ASKS.search(part) for part in _TEMPLATE.findall(template))


def _reached(manifest: "Manifest", macros: list[str]) -> set[str]:
    reached: set[str] = set()
    waiting = list(macros)
    while waiting:
        key = waiting.pop()
        if key in manifest.macros and key not in reached:
            reached.add(key)
            waiting += manifest.macros[key].depends_on.macros
    return reached


def _keeps_failures(test: Any) -> bool:
    """Whether the rows that it finds become a table, as its settings or else the command's say."""
    of_command = get_flags().STORE_FAILURES  # type: ignore[no-untyped-call]
    return bool(of_command if test.config.store_failures is None else test.config.store_failures)


def _run_test(runner: TestRunner, test: Any) -> TestResultData:
    """What dbt's template of a test does, of SQL that is there already."""
    config = test.config
    limit = "" if config.limit is None else f"limit {config.limit}"
    _, cursor = runner.adapter.add_query(
        f"""
        select
            {config.fail_calc} as failures,
            {config.fail_calc} {config.warn_if} as should_warn,
            {config.fail_calc} {config.error_if} as should_error
        from (
            {test.compiled_code}
            {limit}
        ) as failing
        """,
        auto_begin=False,
    )
    failures, should_warn, should_error = cursor.fetchone()
    return TestResultData(
        failures=failures,
        should_warn=should_warn,
        should_error=should_error,
        adapter_response={},
    )
