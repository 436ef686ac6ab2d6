"""One warehouse of every published data set, closed once."""

import pytest

from tests.control_totals import (
    llm_tokens,
    london_electricity,
    ravenstack_seats,
    telecom_minutes,
)
from tests.control_totals.world import World


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Four data sets, each with a seller of its own, billed to 1 January 2025."""
    world = World(tmp_path_factory.mktemp("published"))
    for data_set in (london_electricity, telecom_minutes, llm_tokens, ravenstack_seats):
        data_set.land(world)
    world.close("2025-01-01")
    return world
