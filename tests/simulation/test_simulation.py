"""Small worlds through four closes, one of them killed first: every law, every document."""

from collections.abc import Callable

import pytest

from orchestration.home import Home

from .drawing import drawn_script, drawn_story
from .trial import Trial

SEED, WORLDS, CLOSES, KILLS = 9, 160, 4, 1


@pytest.mark.slow
def test_worlds_keep_the_laws_and_agree_with_the_reference(new_home: Callable[[], Home]) -> None:
    script = drawn_script(SEED, CLOSES, KILLS)
    stories = [
        drawn_story(f"w{number}", SEED * 1_000_000 + number, script) for number in range(WORLDS)
    ]
    verdict = Trial(new_home(), stories, SEED).play(script)
    assert not verdict.broken, verdict.broken
    assert not verdict.disagreeing, verdict.disagreeing
    assert verdict.documents > WORLDS
