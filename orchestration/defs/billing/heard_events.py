"""dbt's messages in this process, but for those that nobody reads.

Not here: who listens (resources.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.event_manager_client import ctx_set_event_manager, get_event_manager


class HeardEvents(EventManager):
    """Passes on what is more than a detail: of twenty details for each node, none is written."""

    def fire_event(
        self, e: BaseEvent, level: EventLevel | None = None, *more: Any, **named: Any
    ) -> None:
        """As dbt calls it: an event, its level where that is not the event's own, and the rest."""
        if (level or e.level_tag()) != EventLevel.DEBUG:
            super().fire_event(e, level, *more, **named)


@contextmanager
def heard_events_only() -> Iterator[None]:
    """For a block of work, let dbt make no message that no one reads: a tenth of a small close."""
    before = get_event_manager()
    ctx_set_event_manager(HeardEvents())
    try:
        yield
    finally:
        ctx_set_event_manager(before)
