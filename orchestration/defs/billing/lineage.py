"""What each column of a model is made of: columns of its parents, read from its compiled SQL.

Found once for each state of the project, for to compile it takes longer than a close may wait:
`make dev` does, and a code location shows what was found. The filters and joins that a row
depends on are the model's parents; this is about values alone.

Not here: how Dagster shows it (translator.py).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from orchestration.defs.billing.manifest import (
    DbtProjectError,
    folders,
    load_manifest,
    read_manifest,
    warehouse_named,
)
from orchestration.home import Home

if TYPE_CHECKING:
    from sqlglot.optimizer.scope import Scope

# By column of a node: the dbt nodes and their columns that its value comes from.
Origins = Mapping[str, Sequence[tuple[str, str]]]

_DIALECT = "duckdb"
_Relation = tuple[str, str]
# The node, and its columns, behind each relation that a query reads.
_Parents = Mapping[_Relation, tuple[str, Sequence[str]]]
_Leaves = frozenset[tuple[_Relation, str]]


def find_lineage(home: Home) -> None:
    """Find the lineage of the project as it is on disk now, unless it is known.

    Raises DbtProjectError when the project does not compile.
    """
    manifest = read_manifest(home)
    fingerprint = _fingerprint(home)
    if _known(home).get("fingerprint") == fingerprint:
        return
    lineage = {
        unique_id: column_origins(sql, _parents(manifest, unique_id))
        for unique_id, sql in _compiled(home).items()
    }
    unfinished = _file(home).with_suffix(".unfinished")
    unfinished.write_text(json.dumps({"fingerprint": fingerprint, "lineage": lineage}), "utf-8")
    unfinished.replace(_file(home))


def read_lineage(home: Home) -> Mapping[str, Origins]:
    """The origins of columns by node; none where they were found for another project."""
    known = _known(home)
    if known.get("fingerprint") != _fingerprint(home):
        return {}
    return {
        unique_id: {
            column: [(parent, name) for parent, name in origins]
            for column, origins in columns.items()
        }
        for unique_id, columns in known["lineage"].items()
    }


def column_origins(sql: str, parents: _Parents) -> Origins:
    """The origins of each column of a query, which reads nothing but `parents`."""
    from sqlglot import MappingSchema, parse_one
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    # The types are of no interest; without one, a column is not known at all.
    schema = MappingSchema(dialect=_DIALECT)
    for (folder, table), (_, columns) in parents.items():
        schema.add_table(f"{folder}.{table}", dict.fromkeys(columns, "text"))
    query = qualify(
        parse_one(sql, dialect=_DIALECT),
        schema=schema,
        dialect=_DIALECT,
        validate_qualify_columns=False,
    )
    scope = build_scope(query)
    assert scope is not None
    trace = _Trace()
    return {
        column: sorted(
            (parents[relation][0], name)
            for relation, name in trace.leaves(scope, column)
            if relation in parents
        )
        for column in _names(scope)
    }


class _Trace:
    """Follows columns through the subqueries of one query, each once."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, str], _Leaves] = {}

    def leaves(self, scope: "Scope", column: str) -> _Leaves:
        """Columns of relations that a column of a (sub)query is computed from."""
        from sqlglot import exp

        place = (id(scope), column)
        if place not in self._found:
            self._found[place] = frozenset()  # What a recursive query takes from itself is no more.
            is_union = isinstance(scope.expression, exp.SetOperation)
            self._found[place] = frozenset(
                self._of_union(scope, column) if is_union else self._of_select(scope, column)
            )
        return self._found[place]

    def _of_union(self, scope: "Scope", column: str) -> Iterator[tuple[_Relation, str]]:
        first, second = scope.set_operation_scopes
        names, others = _names(first), _names(second)
        if column in names:
            yield from self.leaves(first, column)
        if not scope.expression.args.get("by_name"):
            yield from self.leaves(second, others[names.index(column)])
        elif column in others:
            yield from self.leaves(second, column)

    def _of_select(self, scope: "Scope", column: str) -> Iterator[tuple[_Relation, str]]:
        from sqlglot import exp
        from sqlglot.optimizer.scope import Scope

        assert isinstance(scope.expression, exp.Query)
        subqueries = {id(inner.expression): inner for inner in scope.subquery_scopes}
        for selected in scope.expression.selects:
            if selected.alias_or_name != column:
                continue
            for used in selected.find_all(exp.Column):
                inner = subqueries.get(id(used.find_ancestor(exp.Query)), scope)
                source = inner.sources.get(used.table, scope.sources.get(used.table))
                if isinstance(source, Scope):
                    yield from self.leaves(source, used.name)
                elif isinstance(source, exp.Table):
                    yield (source.db, source.name), used.name


def _names(scope: "Scope") -> list[str]:
    """The columns of a (sub)query; those that a union by name adds stand last."""
    from sqlglot import exp

    expression = scope.expression
    if isinstance(expression, exp.SetOperation) and expression.args.get("by_name"):
        first, second = scope.set_operation_scopes
        return list(dict.fromkeys([*_names(first), *_names(second)]))
    assert isinstance(expression, exp.Query)
    return list(expression.named_selects)


def _parents(manifest: Mapping[str, Any], unique_id: str) -> _Parents:
    nodes = {**manifest["sources"], **manifest["nodes"]}
    parents: dict[_Relation, tuple[str, Sequence[str]]] = {}
    for parent in nodes[unique_id]["depends_on"]["nodes"]:
        node = nodes[parent]
        table = node.get("identifier") or node.get("alias")
        columns = node["columns"]
        # The ledger of before has its columns described once, as the ledger of after.
        if not columns and node["resource_type"] == "source":
            columns = nodes[f"source.releve.{node['schema']}.{table}"]["columns"]
        parents[node["schema"], table] = parent, list(columns)
    return parents


def _compiled(home: Home) -> dict[str, str]:
    """The SQL of each model. The warehouse is not opened: a close may hold it."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.artifacts.schemas.run import RunExecutionResult
    from dbt.cli.main import dbtRunner

    runner = dbtRunner(manifest=load_manifest(home))
    with TemporaryDirectory(prefix="lineage-", dir=home.temporary) as folder:
        empty = Home(Path(folder))
        with warehouse_named(empty):
            try:
                result = runner.invoke(
                    [
                        *("--quiet", "--log-level=none", "compile", "--no-introspect"),
                        *("--no-write-json", *folders(home)),
                        *("--select", "resource_type:model", "--indirect-selection=empty"),
                    ]
                )
            finally:
                DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    if not isinstance(result.result, RunExecutionResult):
        raise DbtProjectError(f"dbt cannot compile the project: {result.exception!r}")
    return {run.node.unique_id: _sql(run.node) for run in result.result.results}


def _sql(node: Any) -> str:
    """Models are all that was compiled."""
    return str(node.compiled_code)


def _known(home: Home) -> dict[str, Any]:
    try:
        known: dict[str, Any] = json.loads(_file(home).read_bytes())
    except FileNotFoundError:
        return {}
    return known


def _fingerprint(home: Home) -> str:
    """Of the manifest that was read last."""
    return (home.dbt_target / "fingerprint").read_text()


def _file(home: Home) -> Path:
    return home.dbt_target / "column_lineage.json"
