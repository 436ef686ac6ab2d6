"""One warehouse of every published data set, closed once."""

from collections.abc import Callable

import pytest

from orchestration.home import Home
from tests.control_totals import (
    ev_sessions,
    focus_charges,
    llm_tokens,
    london_electricity,
    online_retail,
    ravenstack_seats,
    taxi_trips,
    telecom_minutes,
)
from tests.control_totals.world import World


@pytest.fixture(scope="session")
def published(new_home: Callable[[], Home]) -> World:
    """Eight data sets, each with a seller of its own, billed to 1 January 2025."""
    world = World(new_home().root)
    for data_set in (
        london_electricity,
        telecom_minutes,
        llm_tokens,
        ravenstack_seats,
        focus_charges,
        ev_sessions,
        online_retail,
        taxi_trips,
    ):
        data_set.land(world)
    world.close("2025-01-01")
    return world
