"""The SQL of models and tests that a build keeps for the next, and what it makes anew."""

from collections.abc import Callable

import pytest
from dbt.compilation import Compiler

from orchestration.database import open_warehouse
from orchestration.defs.billing.known_sql import fixed_nodes, read_known
from orchestration.defs.billing.manifest import load_manifest, project_digest
from orchestration.defs.billing.resources import Dbt, NodeResult
from orchestration.defs.landing.contract import create_raw_schema
from orchestration.home import Home

_TEST = "stg_accounts_has_one_row_per_grain"
_NODES = ["currencies", "unique_currencies_currency", "stg_accounts", _TEST]


@pytest.fixture
def built(home: Home) -> Home:
    """A home with a seed, a model and their tests, built once; without rows in the model.

    It begins with no SQL of another test's home.
    """
    (home.dbt_target / "known_sql.json").unlink(missing_ok=True)
    with open_warehouse(home) as con:
        create_raw_schema(con)
    assert _built(home, _NODES) == dict.fromkeys(_NODES, (False, 0))
    return home


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the nodes whose SQL dbt makes from now on."""
    names = []
    compile_code: Callable[..., object] = Compiler._compile_code

    def noted(compiler: Compiler, node: object, *more: object) -> object:
        names.append(getattr(node, "name", ""))
        return compile_code(compiler, node, *more)

    monkeypatch.setattr(Compiler, "_compile_code", noted)
    return names


def _built(home: Home, nodes: list[str]) -> dict[str, tuple[bool, int]]:
    results: list[NodeResult] = Dbt().build(home, nodes, lambda _: None)
    return {each.name: (each.is_error, each.failures) for each in results}


def _known(home: Home) -> dict[str, str]:
    return read_known(home.dbt_target / "known_sql.json", project_digest())


def test_the_second_build_makes_no_sql(built: Home, compiled: list[str]) -> None:
    assert _built(built, _NODES) == dict.fromkeys(_NODES, (False, 0))
    assert not compiled


def test_a_test_of_known_sql_finds_what_is_wrong(built: Home) -> None:
    """A currency that stands twice; the SQL of the test is left, as dbt would leave it."""
    with open_warehouse(built) as con:
        con.execute("insert into reference.currencies from reference.currencies limit 1")
    (name,) = tests = ["unique_currencies_currency"]
    assert _built(built, tests) == {name: (True, 1)}
    (left,) = built.dbt_target.rglob(f"{name}.sql")
    assert "having count(*) > 1" in left.read_text()


def test_a_known_test_that_cannot_run_is_an_error(built: Home) -> None:
    with open_warehouse(built) as con:
        con.execute("drop table reference.currencies")
    assert _built(built, ["unique_currencies_currency"]) == {
        "unique_currencies_currency": (True, 0)
    }


@pytest.mark.parametrize("harm", ["cut off", "changed", "of another project"])
def test_a_file_that_is_not_whole_is_made_again(
    built: Home, compiled: list[str], harm: str
) -> None:
    path = built.dbt_target / "known_sql.json"
    before = _known(built)
    assert len(before) == 3
    if harm == "cut off":
        path.write_bytes(path.read_bytes()[:-100])
    if harm == "changed":
        path.write_bytes(path.read_bytes().replace(b"having", b"HAVING"))
    if harm == "of another project":
        assert read_known(path, "another") == {}
        path.write_bytes(path.read_bytes().replace(path.read_bytes()[:64], b"0" * 64))
    assert _known(built) == {}
    assert _built(built, _NODES) == dict.fromkeys(_NODES, (False, 0))
    assert sorted(compiled) == ["stg_accounts", _TEST, "unique_currencies_currency"]
    assert _known(built) == before


def test_the_sql_that_asks_the_database_is_made_anew(home: Home) -> None:
    """Incremental models ask what is there, and dbt's own test of nulls what it has to store."""
    manifest = load_manifest(home)
    anew = {manifest.nodes[key].name for key in set(manifest.nodes) - set(fixed_nodes(manifest))}
    assert {name for name in anew if not name.startswith("not_null_")} == {
        "int_usage_sums",
        "int_usage_unbillable",
        "line_sources",
    }
    assert len(anew) < 15
