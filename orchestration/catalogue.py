"""What Dagster's pages say of any asset: who answers for it, its columns, when it is overdue.

Not here: who is told when a run fails (alerts.py).
"""

import os
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import dagster as dg

from orchestration.errors import ReleveError

_DATA = "team:data"
_BILLING = "team:billing"
_FINANCE = "team:finance"

_OWNERS = {
    "landing": _DATA,
    "reference": _DATA,
    "staging": _DATA,
    "publishing": _DATA,
    "receivables": _FINANCE,
    "finance": _FINANCE,
    "analytics": _FINANCE,
    "audit": _FINANCE,
}
# Whoever bills at all bills once a month.
_FRESH_HOURS = 32 * 24


def owners(group: str) -> list[str]:
    """The teams of a group; what makes a bill is the billing team's."""
    return [_OWNERS.get(group, _BILLING)]


def table_facts(schema: str, table: str, columns: Iterable[tuple[str, str, str]]) -> dict[str, Any]:
    """Kinds, tags and metadata of a table that dbt does not build; columns are name, type, text."""
    return {
        "kinds": {"duckdb"},
        "tags": {"schema": schema},
        "metadata": {
            "dagster/table_name": f"{schema}.{table}",
            "dagster/column_schema": dg.TableSchema(
                columns=[dg.TableColumn(name, kind, text) for name, kind, text in columns]
            ),
        },
    }


def freshness() -> dg.FreshnessPolicy:
    """Overdue when no close was within RELEVE_FRESH_HOURS, or in 32 days where that is not set.

    What was never made is not overdue. Raises ReleveError when the hours are no number.
    """
    hours = os.environ.get("RELEVE_FRESH_HOURS") or str(_FRESH_HOURS)
    if not hours.isdecimal() or int(hours) == 0:
        raise ReleveError(f"RELEVE_FRESH_HOURS is {hours!r}; it is a number of hours, such as 26")
    return dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=int(hours)))
