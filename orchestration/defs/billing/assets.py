"""The bill run's assets: what is asked, what should be billed (dbt), and what is issued.

Not here: how dbt is run (resources.py), the rules of the ledger (ledger.py), the schedule.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from orchestration.advice import advice_for
from orchestration.catalogue import owners, table_facts
from orchestration.database import row_counts, transaction
from orchestration.defs.billing import ledger, run_records
from orchestration.defs.billing.lineage import Origins
from orchestration.defs.billing.manifest import project_digest
from orchestration.defs.billing.plot import markdown_plot
from orchestration.defs.billing.resources import Dbt, NodeResult
from orchestration.defs.billing.summaries import billed_by_date, largest_invoices
from orchestration.defs.billing.translator import UNIQUE_ID, FolderTranslator
from orchestration.defs.billing.turns import require_turn
from orchestration.defs.landing.assets import raw_facts
from orchestration.defs.landing.contract import contract
from orchestration.home import Home
from orchestration.partitions import bill_dates
from orchestration.warehouse import Warehouse

REQUEST = "bill_run_request"
DOCUMENTS = dg.AssetKey(["ledger", "documents"])


@dg.asset(
    key=["raw", REQUEST],
    deps=[dg.AssetKey(["raw", table]) for table in contract() if table != REQUEST],
    partitions_def=bill_dates,
    group_name="landing",
    owners=owners("landing"),
    kinds={"duckdb"},
    tags=raw_facts(REQUEST)["tags"],
    metadata=raw_facts(REQUEST)["metadata"],
)
def bill_run_request(context: dg.AssetExecutionContext, warehouse: Warehouse) -> None:
    """The bill date that is being closed: the one parameter of the models.

    A date of a backfill is refused here while an earlier one of it is not closed.
    """
    require_turn(context.instance, context.run)
    with warehouse.connect() as con:
        ledger.create_ledger(con)
        with transaction(con):
            con.execute("delete from raw.bill_run_request")
            con.execute(
                "insert into raw.bill_run_request values (?, ?)",
                [_bill_date(context), project_digest()],
            )


def build_dbt_assets(
    manifest: Mapping[str, Any], lineage: Mapping[str, Origins]
) -> list[dg.AssetsDefinition]:
    """The dbt project in two steps: all that the ledger is issued from, and the marts after it."""
    translator = FolderTranslator(manifest, lineage)

    @dbt_assets(
        manifest=manifest,
        name="drafts",
        select="resource_type:seed releve.staging releve.intermediate releve.ledger",
        dagster_dbt_translator=translator,
    )
    def drafts(
        context: dg.AssetExecutionContext, warehouse: Warehouse, dbt: Dbt
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        yield from _built(context, warehouse, dbt)

    @dbt_assets(
        manifest=manifest,
        name="marts",
        select="releve.marts",
        dagster_dbt_translator=translator,
    )
    def marts(
        context: dg.AssetExecutionContext, warehouse: Warehouse, dbt: Dbt
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        yield from _built(context, warehouse, dbt)

    return [drafts, marts]


# What a bill run writes: the ledger, and the record of the run.
_WRITTEN = {**ledger.ledger_sources(), **ledger.record_sources()}


def _ledger_facts(table: str) -> dict[str, Any]:
    """What an asset says of a ledger table, beside its description."""
    columns = _WRITTEN[table]["columns"]
    return {
        "owners": owners("ledger"),
        **table_facts(
            "ledger",
            table,
            [(column["name"], column["data_type"], column["description"]) for column in columns],
        ),
    }


# The ledger stands twice in the graph, which has no circles: as a close finds it, and leaves it.
ledger_before = [
    dg.AssetSpec(
        ["issued", table],
        group_name="issued",
        description=(
            f"`ledger.{table}` as the closes before left it: what the models of this close take"
            " from what should be billed."
        ),
        **_ledger_facts(table),
    )
    for table in ledger.ledger_tables()
]


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            ["ledger", table],
            group_name="ledger",
            deps=[
                *(
                    dg.AssetKey(["ledger", f"{drafted}_to_issue"])
                    for drafted in ledger.DRAFTED_TABLES
                ),
                dg.AssetKey(["intermediate", "int_account_errors"]),
            ],
            description=described["description"],
            **_ledger_facts(table),
        )
        for table, described in _WRITTEN.items()
    ],
    partitions_def=bill_dates,
)
def issued_invoices(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult[None]]:
    """Append the drafts to the ledger, numbered and chained, in one transaction."""
    bill_date = _bill_date(context)
    with warehouse.connect() as con:
        run = run_records.Run(context.run.run_id, bill_date, _started_at(context))
        summary = ledger.append(
            con, bill_date, lambda issued: run_records.record_issue(con, run, issued)
        )
        counts = row_counts(con, "ledger")
        largest = largest_invoices(con, summary.bill_run_id)
        plot = markdown_plot(billed_by_date(con))
        last_run = con.execute("select max(bill_date) from ledger.bill_runs").fetchone()
    context.log.info(f"issued {len(summary.document_ids)} documents")
    for table in _WRITTEN:
        about: dict[str, dg.MetadataValue] = {
            "dagster/row_count": dg.MetadataValue.int(counts.get(table, 0))
        }
        if table == "documents":
            about |= {
                "issued": dg.MetadataValue.int(len(summary.document_ids)),
                "lines": dg.MetadataValue.int(summary.line_count),
                "closed_payers": dg.MetadataValue.int(summary.closed_count),
                "held_payers": dg.MetadataValue.int(summary.held_count),
                "total_by_currency": dg.MetadataValue.json(
                    {currency: str(total) for currency, total in summary.totals.items()}
                ),
                "last_bill_run": dg.MetadataValue.text(str(last_run[0]) if last_run else ""),
                "largest_invoices": dg.MetadataValue.md(largest),
                "billed_by_bill_date": dg.MetadataValue.md(plot),
            }
        yield dg.MaterializeResult(asset_key=["ledger", table], metadata=about)


def _built(
    context: dg.AssetExecutionContext, warehouse: Warehouse, dbt: Dbt
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Build what the run selected of these assets and checks, and report it node by node."""
    keys = {
        spec.metadata[UNIQUE_ID]: spec.key
        for spec in context.assets_def.specs
        if spec.key in context.selected_asset_keys
    }
    checks = {
        spec.metadata[UNIQUE_ID]: spec.key
        for spec in context.assets_def.check_specs
        if spec.key in context.selected_asset_check_keys
    }
    nodes = [unique_id.split(".")[2] for unique_id in (*keys, *checks)]
    results = dbt.build(warehouse.home, nodes, context.log.info)
    with warehouse.connect() as con:
        counts = {
            schema: row_counts(con, schema) for schema in {key.path[0] for key in keys.values()}
        }
    for result in results:
        if result.is_test and result.unique_id in checks:
            yield _check_result(result, checks[result.unique_id])
        elif result.status == "success":
            key = keys[result.unique_id]
            about: dict[str, Any] = {"seconds": round(result.seconds, 2)}
            if (count := counts[key.path[0]].get(result.name)) is not None:
                about["dagster/row_count"] = count
            yield dg.MaterializeResult(asset_key=key, metadata=about)
    _raise_failures(results, warehouse.home)


def _check_result(result: NodeResult, key: dg.AssetCheckKey) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=result.status == "pass",
        severity=(
            dg.AssetCheckSeverity.WARN if result.status == "warn" else dg.AssetCheckSeverity.ERROR
        ),
        metadata={"rows": result.failures, "seconds": round(result.seconds, 2)},
        description=result.message or None,
    )


def _raise_failures(results: Sequence[NodeResult], home: Home) -> None:
    errors = [result for result in results if result.is_error]
    if not errors:
        return
    lines = "\n\n".join(f"{error.name}: {error.message.strip()}" for error in errors)
    advice = advice_for(lines, home)
    raise dg.Failure(
        description=(
            f"{len(errors)} of {len(results)} models and tests failed; what depends on them was"
            f" not built and nothing is issued from them.\n\n{lines}\n\n"
            + (advice or "Mend the rows or the model that is named, then close the date again.")
        ),
        metadata={"failed": [error.name for error in errors]},
        allow_retries=False,
    )


def _started_at(context: dg.AssetExecutionContext) -> datetime:
    record = context.instance.get_run_record_by_id(context.run.run_id)
    started = record.start_time if record else None
    return datetime.fromtimestamp(started, UTC) if started else datetime.now(UTC)


def _bill_date(context: dg.AssetExecutionContext) -> date:
    return date.fromisoformat(context.partition_key)
