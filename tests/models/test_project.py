"""The dbt project as its users find it: groups, access, exposures, descriptions, state."""

import re
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from dbt.cli.main import dbtRunner

from orchestration.defs.billing.ledger import DRAFTED_TABLES
from orchestration.defs.billing.manifest import folders, read_manifest, warehouse_named
from orchestration.home import Home

Node = Mapping[str, Any]
MARTS = {"published_marts", "public_marts", "exported_marts"}


@pytest.fixture
def manifest(parsed_home: Home) -> Mapping[str, Any]:
    return read_manifest(parsed_home)


def of_type(manifest: Mapping[str, Any], *kinds: str) -> Iterator[Node]:
    for node in (*manifest["nodes"].values(), *manifest["sources"].values()):
        if node["resource_type"] in kinds:
            yield node


def readers(manifest: Mapping[str, Any]) -> Mapping[str, set[str]]:
    """For each node the groups that read it, an exposure counting as one of its own."""
    found = defaultdict(set)
    for node in (*manifest["nodes"].values(), *manifest["exposures"].values()):
        for parent in node["depends_on"].get("nodes", []):
            found[parent].add(node.get("group") or node["name"])
    return found


def exposed(manifest: Mapping[str, Any], name: str) -> set[str]:
    """What an exposure names, as it stands in SQL."""
    nodes = manifest["nodes"] | manifest["sources"]
    parents = manifest["exposures"][f"exposure.releve.{name}"]["depends_on"]["nodes"]
    return {f"{nodes[parent]['schema']}.{nodes[parent]['name']}" for parent in parents}


def read_by(*files: Path) -> set[str]:
    """The tables and views that the SQL in Python files names behind `from` and `join`."""
    text = " ".join(file.read_text(encoding="utf-8") for file in files)
    schemas = "staging|intermediate|ledger|marts|reference"
    return set(re.findall(rf"(?:from|join)\s+((?:{schemas})\.\w+)\b(?!\()", text))


def test_marts_alone_are_public_and_keep_their_contract(manifest: Mapping[str, Any]) -> None:
    models = list(of_type(manifest, "model"))
    public = {node["name"] for node in models if node["access"] == "public"}
    assert public == {node["name"] for node in models if node["fqn"][1] == "marts"}
    assert len(public) >= 20
    assert public == {node["name"] for node in models if node["contract"]["enforced"]}


def test_every_model_and_seed_is_in_the_group_of_its_step(manifest: Mapping[str, Any]) -> None:
    def step(node: Node) -> str:
        if node["resource_type"] == "seed":
            return "reference"
        return str(node["fqn"][2 if node["fqn"][1] == "intermediate" else 1])

    wrong = {
        node["name"]: node["group"]
        for node in of_type(manifest, "model", "seed")
        if node["group"] != step(node)
    }
    assert not wrong
    assert {node["group"] for node in of_type(manifest, "model", "seed")} == {
        group["name"] for group in manifest["groups"].values()
    }


def test_a_model_is_protected_where_another_step_reads_it_and_else_private(
    manifest: Mapping[str, Any],
) -> None:
    read = readers(manifest)
    wrong = [
        f"{node['name']} is {node['access']}"
        for node in of_type(manifest, "model")
        if node["access"] != "public"
        and node["access"]
        != ("protected" if read[node["unique_id"]] - {node["group"]} else "private")
    ]
    assert not wrong


def test_exposures_name_what_their_readers_read(manifest: Mapping[str, Any], project: Path) -> None:
    code = project / "orchestration"
    assert exposed(manifest, "invoice_documents") == read_by(
        *(code / "defs" / "documents").glob("*.py")
    )
    assert exposed(manifest, "bill_preview") == read_by(code / "preview.py")
    append = read_by(code / "defs" / "billing" / "ledger.py")
    drafts = {f"ledger.{table}_to_issue" for table in DRAFTED_TABLES}
    written = {name for name in append if name.startswith("ledger.")} - drafts
    assert exposed(manifest, "bill_run") == append - written | drafts
    marts = {
        f"marts.{node['name']}" for node in of_type(manifest, "model") if node["group"] == "marts"
    }
    for name in MARTS:
        assert exposed(manifest, name) == marts
    for exposure in manifest["exposures"].values():
        assert {"description", "maturity"} <= {name for name, value in exposure.items() if value}
        assert exposure["owner"]["name"]


def test_every_column_has_a_type_and_says_what_it_holds(manifest: Mapping[str, Any]) -> None:
    wordless = [
        f"{node['unique_id']}.{name}"
        for node in of_type(manifest, "model", "seed", "source")
        for name, column in node["columns"].items()
        if not column["description"].strip() or not column["data_type"]
    ]
    assert not wordless
    nodes = list(of_type(manifest, "model", "seed", "source"))
    assert len(nodes) > 190
    assert not [node["unique_id"] for node in nodes if not node["description"].strip()]
    assert not [node["unique_id"] for node in nodes if not node["columns"]]


@pytest.mark.slow
def test_after_a_change_of_one_model_only_it_and_what_follows_from_it_are_modified(
    parsed_home: Home, project: Path, tmp_path: Path
) -> None:
    """In a checkout at another place, with another home, so another warehouse.

    One line in int_charge_lengths, say: its descendants in the manifest, and nothing else.
    """
    changed = "int_charge_lengths"
    checkout = tmp_path / "checkout"
    for folder in ("dbt_project", "seeds/reference"):
        shutil.copytree(project / folder, checkout / folder)
    (model,) = checkout.glob(f"dbt_project/models/**/{changed}.sql")
    model.write_text(model.read_text(encoding="utf-8") + "where true\n", encoding="utf-8")

    home = Home(tmp_path / "home").prepare()
    arguments = [
        *("--quiet", "--log-level=none", "ls", f"--state={parsed_home.dbt_target}"),
        *("--resource-type=model", "--output=name"),
        *(f"--project-dir={checkout / 'dbt_project'}", *folders(home)[1:]),
    ]
    with warehouse_named(home):
        modified, with_children = (
            cast("list[str]", dbtRunner().invoke([*arguments, f"--select={selected}"]).result)
            for selected in ("state:modified", "state:modified+")
        )
    assert modified == [changed]

    children = read_manifest(parsed_home)["child_map"]
    reached, waiting = set(), [f"model.releve.{changed}"]
    while waiting:
        reached.add(node := waiting.pop())
        waiting += set(children[node]) - reached
    models = {node.split(".")[2] for node in reached if node.startswith("model.")}
    assert set(with_children) == models
    assert 10 < len(models) < 120
