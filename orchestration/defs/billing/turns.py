"""Whose turn it is in a backfill: a date is closed once every date before it is.

Dagster queues the runs of a backfill in the order of their dates and lets one go at a time, but
after one that failed it starts the next all the same. That would bill what the failed date left
open on the next date's document, where nobody expects it.

Not here: dates that are closed by hand, in whatever order a person wants (the rules say what
becomes of an earlier one).
"""

import dagster as dg

from orchestration.alerts import UntoldFailure

_BACKFILL = "dagster/backfill"
_PARTITION = "dagster/partition"


class OutOfTurn(UntoldFailure):
    """A date of a backfill whose earlier dates are not closed; nothing was done."""


def require_turn(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Refuse to close a backfill's date before those that come before it.

    Raises OutOfTurn, which names the first of them. Says nothing of a run by itself.
    """
    backfill_id = run.tags.get(_BACKFILL)
    if backfill_id is None:
        return
    runs = [
        other
        for other in instance.get_runs(dg.RunsFilter(tags={_BACKFILL: backfill_id}))
        if _PARTITION in other.tags
    ]
    backfill = instance.get_backfill(backfill_id)
    asked = {other.tags[_PARTITION] for other in runs}
    if backfill is not None:
        asked |= set(backfill.partition_names or ())
    closed = {other.tags[_PARTITION] for other in runs if other.is_success}
    bill_date = run.tags[_PARTITION]
    earlier = sorted(asked_for for asked_for in asked - closed if asked_for < bill_date)
    if earlier:
        raise OutOfTurn(
            f"{bill_date} is not closed: {earlier[0]} comes before it in this backfill and is not"
            f" closed. Mend what the run of {earlier[0]} names, then launch the backfill again: a"
            " date that is closed issues nothing twice.",
            allow_retries=False,
        )
