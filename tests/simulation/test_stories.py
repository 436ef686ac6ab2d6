"""Stories come again for a seed, keep their sense under other names, and shrink to what matters."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from orchestration.home import Home
from tests.reference.books import Books

from .drawing import drawn_script, drawn_story
from .issued import expected
from .shrinking import Shrinker
from .stories import Close, Fact, Story
from .trial import Verdict

SCRIPT = drawn_script(7, 5, 2)
DECISIVE = ("subscription_changes", "billing_entities")


def documents(story: Story) -> list[str]:
    books = Books()
    for step, close in enumerate(SCRIPT):
        books.close(story.landed_by(step), close.on)
    return [document.number for document in books.documents]


class Pretence(Shrinker):
    """Whoever has rows of both decisive tables fails at the third of its closes."""

    def _play(self, stories: Sequence[Story], script: Sequence[Close]) -> Verdict:
        verdict = Verdict()
        for story in stories:
            tables = {fact.table for fact in story.facts if fact.step < len(script)}
            if tables >= set(DECISIVE) and len(script) >= 2:
                verdict.disagreeing[story.name] = (2, ["issued: line"])
        return verdict


def test_a_seed_tells_the_same_story_again() -> None:
    assert drawn_story("w", 3, SCRIPT) == drawn_story("w", 3, SCRIPT)
    assert drawn_script(7, 5, 2) == SCRIPT
    assert sum(close.is_killed for close in SCRIPT) == 2


def test_another_name_changes_nothing_else() -> None:
    for seed in range(20):
        story = drawn_story("w", seed, SCRIPT)
        assert documents(story) == documents(story.named("other"))
        assert story.named("other").named("w") == story


def test_a_story_shrinks_to_the_rows_that_fail() -> None:
    facts = [
        Fact(step % 3, table, {"entity_id": f"w-{step}", "change_id": f"w-{step}"})
        for step, table in enumerate((*DECISIVE, *["usage_events"] * 60))
    ]
    failure = Pretence(lambda: Home(Path("unused")), 0).shrunk(Story("w", tuple(facts)), SCRIPT)
    assert sorted(fact.table for fact in failure.story.facts) == sorted(DECISIVE)
    assert len(failure.script) == 2
    assert not any(close.is_killed for close in failure.script)
    assert "story = Story('shrunk'" in str(failure)


def test_what_differs_is_said_from_both_sides() -> None:
    story = drawn_story("w", 1, SCRIPT)
    books = Books()
    rows = story.landed_by(4)
    books.close(rows, date(2024, 6, 1))
    full, empty = expected(books, {"w-a0"}, rows), expected(Books(), set(), {})
    assert full.differences(full) == []
    assert all(words.startswith("issued: ") for words in full.differences(empty))
    assert "expected: held w-a0" in empty.differences(full)
