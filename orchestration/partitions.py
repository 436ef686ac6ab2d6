"""The one partitioning: a partition is a bill date.

A bill date is the first day after a cycle (August closes on 1 September).
"""

import dagster as dg

_DAYS_AHEAD = 731

bill_dates = dg.DailyPartitionsDefinition(
    start_date="2000-01-01",
    # A preview or a test may close a date that is still to come.
    end_offset=_DAYS_AHEAD,
)
