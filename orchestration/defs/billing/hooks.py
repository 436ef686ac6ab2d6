"""What is written down when a step of a close fails.

Not here: who is told by mail (alerts.py).
"""

from datetime import UTC, date, datetime

import dagster as dg
import duckdb

from orchestration.database import open_warehouse
from orchestration.defs.billing.ledger import create_ledger
from orchestration.defs.billing.run_records import Run, record_failure
from orchestration.errors import ReleveError
from orchestration.home import Home


@dg.failure_hook
def record_failed_step(context: dg.HookContext) -> None:
    """Leave a record of the step; the run still holds the warehouse."""
    record = context.instance.get_run_record_by_id(context.run_id)
    bill_date = record.dagster_run.tags.get("dagster/partition") if record else None
    if record is None or bill_date is None:
        return
    started = datetime.fromtimestamp(record.start_time, UTC) if record.start_time else None
    run = Run(context.run_id, date.fromisoformat(bill_date), started or datetime.now(UTC))
    try:
        with open_warehouse(Home.from_environment()) as con:
            create_ledger(con)
            record_failure(con, run, context.step_key)
    except (duckdb.Error, ReleveError) as error:
        context.log.warning(f"the failure is not on record: {error}")
