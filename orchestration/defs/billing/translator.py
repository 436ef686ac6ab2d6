"""How dbt's nodes become Dagster's assets and checks: groups, columns, the place of each test.

Not here: building them (assets.py), where columns come from (lineage.py).
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject

from orchestration.catalogue import owners
from orchestration.defs.billing.lineage import Origins
from orchestration.partitions import bill_dates

UNIQUE_ID = "dagster_dbt/unique_id"


class FolderTranslator(DagsterDbtTranslator):
    """An asset's group is its stage; every test is the check of one asset.

    A singular test over several models checks the one that stands last in the flow, so that
    it runs when all of them are built.
    """

    def __init__(self, manifest: Mapping[str, Any], lineage: Mapping[str, Origins]) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))
        self._nodes = {**manifest["sources"], **manifest["nodes"]}
        self._lineage = lineage

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The stage of a model, or what a mart is about; `reference` for seeds."""
        if dbt_resource_props["resource_type"] == "seed":
            return "reference"
        _project, *folders, _name = dbt_resource_props["fqn"]
        return str(folders[:2][-1])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """The team that answers for the group."""
        return owners(self.get_group_name(dbt_resource_props))

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, str]:
        """The schema of the warehouse that it stands in, beside dbt's own tags."""
        return {**super().get_tags(dbt_resource_props), "schema": dbt_resource_props["schema"]}

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        """Columns with their types and meanings, and where their values come from, once known."""
        metadata = dict(super().get_metadata(dbt_resource_props))
        origins = self._lineage.get(dbt_resource_props["unique_id"])
        if origins:
            metadata |= self._columns_come_from(origins)
        return metadata

    def get_partitions_def(
        self, dbt_resource_props: Mapping[str, Any]
    ) -> dg.PartitionsDefinition[str] | None:
        """Every model is built for one bill date; a source is as its own asset says."""
        return None if dbt_resource_props["resource_type"] == "source" else bill_dates

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """What one row is; the SQL is a click away in dbt's own pages."""
        return str(dbt_resource_props.get("description") or "")

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        """The check of `asset_spec` that a test is, or none when it is another asset's."""
        attached = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        test = manifest["nodes"][unique_id]
        parents = test["depends_on"]["nodes"]
        if attached or test.get("attached_node") or not parents:
            return attached
        last = max(parents, key=lambda parent: (_ancestor_count(manifest, parent), parent))
        if asset_spec.metadata[UNIQUE_ID] != last:
            return None
        return dg.AssetCheckSpec(
            name=test["name"],
            asset=asset_spec.key,
            description=test.get("description"),
            metadata={UNIQUE_ID: unique_id},
            blocking=test["config"].get("severity", "error").lower() == "error",
        )

    def _columns_come_from(self, origins: Origins) -> dict[str, Any]:
        """As Dagster keeps it, and as a table to read and to follow."""
        deps: dict[str, list[dg.TableColumnDep]] = {}
        rows = ["| column | comes from |", "|---|---|"]
        for column, parents in origins.items():
            deps[column] = []
            links = []
            for unique_id, name in parents:
                key = self.get_asset_key(self._nodes[unique_id])
                deps[column].append(dg.TableColumnDep(asset_key=key, column_name=name))
                place = "/".join(key.path)
                links.append(f"[{key.path[-1]}.{name}](/assets/{place})")
            rows.append(f"| {column} | {', '.join(links) or 'no column'} |")
        return {
            "dagster/column_lineage": dg.TableColumnLineage(deps_by_column=deps),
            "columns_come_from": dg.MetadataValue.md("\n".join(rows)),
        }


def _ancestor_count(manifest: Mapping[str, Any], unique_id: str) -> int:
    seen: set[str] = set()
    waiting = [unique_id]
    while waiting:
        for parent in manifest["parent_map"].get(waiting.pop(), []):
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return len(seen)
