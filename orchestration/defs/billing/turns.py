"""Whose turn it is in a backfill: a date is closed once every date before it is.

Dagster queues the runs of a job's backfill in the order of their dates and lets one go at a time,
but after one that failed it starts the next all the same; and those of a backfill that was
launched from the graph of assets it queues in any order. That would bill what an earlier date left
open on a later date's document, where nobody expects it.

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
    asked = {other.tags[_PARTITION] for other in runs} | _asked_for(instance, backfill_id)
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


def _asked_for(instance: dg.DagsterInstance, backfill_id: str) -> set[str]:
    """The dates of a backfill, whether their runs are queued yet or not."""
    backfill = instance.get_backfill(backfill_id)
    if backfill is None:
        return set()
    dates = set(backfill.partition_names or ())
    of_assets = backfill.asset_backfill_data
    if of_assets is not None:
        for subset in of_assets.target_subset.partitions_subsets_by_asset_key.values():
            dates |= set(subset.get_partition_keys())
    return dates
