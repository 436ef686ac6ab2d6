"""Cases that are companies of their own in one warehouse: their rows, by table and close."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

# A case's own names; plans, meters and sellers are everybody's.
OWN_NAMES = (
    "account_id",
    "payer_account_id",
    "subscription_id",
    "change_id",
    "event_id",
    "item_id",
    "credit_id",
    "commitment_id",
)


def landing(
    cases: Iterable[Mapping[str, Any]], bill_date: str, defaults: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows that land before a close, those of all cases, with their table."""
    for case in cases:
        for table, rows in case["lands"].get(bill_date, {}).items():
            for given in rows:
                row = {**defaults.get(table, {}), **given}
                yield (
                    table,
                    {
                        name: f"{case['id']}/{value}" if name in OWN_NAMES else str(value)
                        for name, value in row.items()
                    },
                )
