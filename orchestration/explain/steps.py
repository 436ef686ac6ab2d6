"""The form of an explanation: steps under titles, and what was checked on the way."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """One line of an explanation: in words, its figure, and the landed row that says so."""

    words: str
    figure: str = ""
    source: str = ""


@dataclass(frozen=True)
class Check:
    """A sentence that is to hold."""

    sentence: str
    holds: bool


@dataclass
class Explanation:
    """Steps by title, in order, and what was checked."""

    sections: list[tuple[str, list[Step]]] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    @property
    def broken(self) -> list[str]:
        """The sentences that do not hold."""
        return [check.sentence for check in self.checks if not check.holds]

    def add(self, title: str, steps: Sequence[Step]) -> None:
        """A section, unless there is nothing in it."""
        if steps:
            self.sections.append((title, list(steps)))

    def check(self, sentence: str, *, holds: bool) -> None:
        """State something, and whether it is so."""
        self.checks.append(Check(sentence, holds))
