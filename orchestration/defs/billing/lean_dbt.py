"""dbt in this process without the work that nobody sees.

Not here: what is built, and who listens (resources.py).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dbt.contracts.graph.nodes import ParsedNode
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.event_manager_client import ctx_set_event_manager, get_event_manager

_MESSAGE = "pb_msg"
_SAID = "_said"
_fill = BaseEvent.__init__


class HeardEvents(EventManager):
    """Passes on what is more than a detail: of twenty details for each node, none is written."""

    def fire_event(
        self, e: BaseEvent, level: EventLevel | None = None, *more: Any, **named: Any
    ) -> None:
        """As dbt calls it: an event, its level where that is not the event's own, and the rest."""
        if (level or e.level_tag()) != EventLevel.DEBUG:
            super().fire_event(e, level, *more, **named)


@contextmanager
def lean_dbt() -> Iterator[None]:
    """For a block of work, let dbt keep to itself what is not asked for.

    It makes no message that no one hears, fills none that no one reads, and leaves no file of the
    SQL of each node; `write_sql` leaves those of interest.
    """
    before = get_event_manager()
    with (
        replaced(BaseEvent, "__init__", _keep_what_is_said),
        replaced(BaseEvent, "__getattr__", _read),
        replaced(ParsedNode, "write_node", _write_nothing),
    ):
        ctx_set_event_manager(HeardEvents())
        try:
            yield
        finally:
            ctx_set_event_manager(before)


@contextmanager
def replaced(owner: type, name: str, by: Any) -> Iterator[Any]:
    """For a block of work, another method of this name; gives the one that it stands for."""
    original = getattr(owner, name)
    setattr(owner, name, by)
    try:
        yield original
    finally:
        setattr(owner, name, original)


def write_sql(node: Any, target: Path) -> None:
    """Leave the SQL of a node where dbt would have, outside of `lean_dbt`."""
    if sql := getattr(node, "compiled_code", None):
        node.write_node("", node.get_target_write_path(str(target), "compiled"), sql)


def _keep_what_is_said(event: BaseEvent, *words: Any, **named: Any) -> None:
    vars(event)[_SAID] = words, named


def _read(event: BaseEvent, name: str) -> Any:
    """What an event holds, filled in when it is first read."""
    if name == _MESSAGE:
        said: tuple[tuple[Any, ...], Mapping[str, Any]] = vars(event).pop(_SAID)
        _fill(event, *said[0], **said[1])
        return vars(event)[_MESSAGE]
    return getattr(event.pb_msg, name)


def _write_nothing(*_: Any) -> None:
    return
