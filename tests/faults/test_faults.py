"""After every fault a person reads what to do, and the next run makes the same documents.

A sample of them, one after the other in one home; `make soak` runs each by itself.
"""

from collections.abc import Callable

import pytest

from orchestration.home import Home
from tests.faults.catalogue import faults
from tests.faults.page import PAGE, page
from tests.faults.trial import Peace

pytestmark = pytest.mark.slow


def test_a_close_after_many_faults_is_the_one_without(
    peace: Peace, new_home: Callable[[], Home]
) -> None:
    home = peace.begin(new_home())
    for fault in faults():
        if fault.is_sampled:
            peace.suffer(home, fault)
    peace.resume(home)


def test_the_page_on_faults_is_the_list_that_is_injected() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.faults.page"
