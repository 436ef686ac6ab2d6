"""When a bill date is closed: just after its midnight, where the seller keeps its books.

No logic here: a bill date whose day has no cycle to close issues nothing.
"""

from zoneinfo import ZoneInfo

import dagster as dg

from orchestration.defs.billing.jobs import close_cycle


def build_daily_close(timezone: str) -> dg.ScheduleDefinition:
    """The schedule that closes each day at a quarter past midnight in `timezone`."""

    @dg.schedule(
        name="daily_close",
        job=close_cycle,
        cron_schedule="15 0 * * *",
        execution_timezone=timezone,
        default_status=dg.DefaultScheduleStatus.STOPPED,
    )
    def daily_close(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        """The bill date is the local day that has just begun."""
        bill_date = context.scheduled_execution_time.astimezone(ZoneInfo(timezone)).date()
        return dg.RunRequest(run_key=str(bill_date), partition_key=str(bill_date))

    return daily_close
