"""One close in peace, for all tests of faults."""

from collections.abc import Callable

import pytest

from orchestration.home import Home
from tests.faults.trial import Peace


@pytest.fixture(scope="session")
def peace(new_home: Callable[[], Home]) -> Peace:
    """What the second close issues when nothing happens to it."""
    return Peace.made(new_home)
