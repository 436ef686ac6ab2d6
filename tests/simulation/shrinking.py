"""Makes a failing story small: facts and closes are left out for as long as it still fails.

Many candidates share one warehouse, since a close costs the same for one as for forty.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from orchestration.home import Home

from .stories import Close, Fact, Story
from .trial import Trial, Verdict

AT_ONCE = 40


@dataclass(frozen=True)
class Failure:
    """A story and a script that part from the rules, and what is said of it."""

    story: Story
    script: tuple[Close, ...]
    words: Sequence[str]

    def __str__(self) -> str:
        closes = "\n".join(f"    {close}," for close in self.script)
        facts = "\n".join(
            f"    {replace(fact, row={name: text for name, text in fact.row.items() if text})},"
            for fact in self.story.facts
        )
        return "\n".join(
            [
                *self.words,
                f"\nscript = (\n{closes}\n)",
                f"story = Story({self.story.name!r}, (\n{facts}\n))",
            ]
        )


@dataclass(frozen=True)
class Shrinker:
    """Tries stories in new homes."""

    new_home: Callable[[], Home]
    seed: int

    def culprit(self, stories: Sequence[Story], script: tuple[Close, ...]) -> Story | None:
        """One of the stories with which a close breaks by itself."""
        while len(stories) > 1:
            half = len(stories) // 2
            parts = (stories[:half], stories[half:])
            broken = next((part for part in parts if self._play(part, script).broken), None)
            if broken is None:
                return None
            stories = broken
        return stories[0] if self._play(stories, script).broken else None

    def shrunk(self, story: Story, script: tuple[Close, ...]) -> Failure:
        """The story with as few facts and closes as fail in the same way."""
        verdict = self._play([story], script)
        kind = verdict.kind_of(story.name)
        if not kind:
            return Failure(story, script, ["It agrees in a warehouse of its own."])
        last, _ = verdict.disagreeing.get(story.name, (len(script) - 1, []))
        story, script = self._without_closes(story, script[: last + 1], kind)
        chunks = 8
        while True:
            story, is_smaller = self._without_some(story, script, kind, chunks)
            print(f"{len(story.facts)} rows, {len(script)} closes", flush=True)
            if is_smaller:
                continue
            if chunks >= len(story.facts):
                break
            chunks *= 2
        story, script = self._without_closes(story, script, kind)
        story = story.named("shrunk")
        verdict = self._play([story], script)
        words = verdict.broken or [
            word for _, words in verdict.disagreeing.values() for word in words
        ]
        return Failure(story, script, words)

    def _play(self, stories: Sequence[Story], script: Sequence[Close]) -> Verdict:
        return Trial(self.new_home(), stories, self.seed).play(script)

    def _failing(
        self, candidates: Sequence[Story], script: Sequence[Close], kind: str
    ) -> list[bool]:
        """Which candidates fail alike; where a close breaks, each half is looked at by itself."""
        if not candidates:
            return []
        if len(candidates) > AT_ONCE:
            return [
                *self._failing(candidates[:AT_ONCE], script, kind),
                *self._failing(candidates[AT_ONCE:], script, kind),
            ]
        named = [story.named(f"c{number}") for number, story in enumerate(candidates)]
        verdict = self._play(named, script)
        if verdict.broken and len(candidates) > 1:
            half = len(candidates) // 2
            return [
                *self._failing(candidates[:half], script, kind),
                *self._failing(candidates[half:], script, kind),
            ]
        return [verdict.kind_of(story.name) == kind for story in named]

    def _without_some(
        self, story: Story, script: Sequence[Close], kind: str, chunks: int
    ) -> tuple[Story, bool]:
        """Leave out the parts that can go each by itself: as many of them together as can."""
        size = -(-len(story.facts) // chunks)
        parts = [story.facts[start : start + size] for start in range(0, len(story.facts), size)]
        fails = self._failing([story.without(part) for part in parts], script, kind)
        free = [part for part, is_failing in zip(parts, fails, strict=True) if is_failing]
        if not free:
            return story, False
        together: list[Fact] = []
        candidates = []
        for part in free:
            together += part
            candidates.append(story.without(together))
        fails = self._failing(candidates[1:], script, kind)
        kept = [candidates[0], *(c for c, bad in zip(candidates[1:], fails, strict=True) if bad)]
        return kept[-1], True

    def _without_closes(
        self, story: Story, script: tuple[Close, ...], kind: str
    ) -> tuple[Story, tuple[Close, ...]]:
        """Leave out kills and closes; what would have landed before one lands before the next."""

        def fails(candidate: Story, closes: tuple[Close, ...]) -> bool:
            return self._failing([candidate], closes, kind)[0]

        peaceful = tuple(replace(close, is_killed=False) for close in script)
        if peaceful != script and fails(story, peaceful):
            script = peaceful
        only = story
        for _ in script[:-1]:
            only = _landing_later(only, 0)
        if len(script) > 1 and fails(only, script[-1:]):
            return only, script[-1:]
        for step in reversed(range(len(script) - 1)):
            candidate, closes = _landing_later(story, step), script[:step] + script[step + 1 :]
            if len(closes) > 1 and fails(candidate, closes):
                story, script = candidate, closes
        return story, script


def _landing_later(story: Story, step: int) -> Story:
    """The story in a script without that close."""
    facts = tuple(
        replace(fact, step=fact.step - 1) if fact.step > step else fact for fact in story.facts
    )
    return replace(story, facts=facts)
