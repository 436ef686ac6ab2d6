"""Runs stories through a script of closes in one warehouse, and says which part from the rules."""

import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestration.home import Home
from orchestration.verification import verify
from tests.control_totals.world import World
from tests.laws.killed_close import LAST_POINT, run
from tests.reference.books import Books
from tests.reference.worlds import Tables

from .files import leave_files
from .issued import Position, expected, issued, issued_when_killed
from .stories import STANDARD_RATES, Close, Story

# These closes make no documents.
NOT_LOOKED_AT = "Every document has its files, every file its document"
NOTHING = Position(frozenset())
KINDS = ("held", "line", "tax", "drawdown", "document", "balance")


@dataclass
class Verdict:
    """What went wrong: by story after which close and how, and with the warehouse as a whole."""

    disagreeing: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    documents: int = 0

    def kind_of(self, name: str) -> str:
        """What is wrong with a story: a word that tells one failure from another."""
        if self.broken:
            return "broken"
        _, words = self.disagreeing.get(name, (0, []))
        return next((kind for kind in KINDS if any(kind in word.split() for word in words)), "")

    @property
    def is_clean(self) -> bool:
        """Whether every law holds and every story agrees."""
        return not self.disagreeing and not self.broken


@dataclass
class Trial:
    """Stories in one home."""

    home: Home
    stories: Sequence[Story]
    seed: int = 0
    books: dict[str, Books] = field(default_factory=lambda: defaultdict(Books))
    positions: dict[str, Position] = field(default_factory=dict)
    verdict: Verdict = field(default_factory=Verdict)
    seconds: float = 10.0

    def play(self, script: Sequence[Close]) -> Verdict:
        """All closes; one that breaks a law is the last, a story that disagrees goes on."""
        for step, close in enumerate(script):
            leave_files(self.home, self.landing(step), step, random.Random(f"{self.seed} {step}"))
            before = dict(self.positions)
            self._expect(step, close)
            if close.is_killed:
                self._kill(close, before)
            self._close(close)
            if self.verdict.broken:
                break
            self._compare(step)
        self.verdict.documents = sum(len(books.documents) for books in self.books.values())
        return self.verdict

    def landing(self, step: int) -> Tables:
        """What lands before a close, of every story."""
        tables: Tables = defaultdict(list)
        if step == 0:
            for table, rows in STANDARD_RATES.items():
                tables[table] += rows
        for story in self.stories:
            for fact in story.facts:
                if fact.step == step:
                    tables[fact.table].append(fact.row)
        return tables

    def _expect(self, step: int, close: Close) -> None:
        """Close every company's books; a date is closed for all of a warehouse, or for none."""
        last_run_on = max((books.last_run_on for books in self.books.values()), default=None)
        for story in self.stories:
            books = self.books[story.name]
            books.last_run_on = last_run_on or books.last_run_on
            rows = story.landed_by(step)
            outcome = books.close(rows, close.on)
            self.positions[story.name] = expected(books, outcome.held, rows)

    def _kill(self, close: Close, before: dict[str, Position]) -> None:
        """Law 6: a killed close has issued everything, or nothing."""
        after = None if close.point else close.part * self.seconds
        arguments = ("close", str(close.on))
        run(self.home, *arguments, killed_at=close.point or LAST_POINT, killed_after=after)
        found = issued_when_killed(World(self.home.root))
        agreeing = set(self.positions) - set(self.verdict.disagreeing)
        halves = [
            {
                name
                for name in agreeing
                if found.get(name, NOTHING).ledger != whole.get(name, NOTHING).ledger
            }
            for whole in (before, self.positions)
        ]
        if all(halves):
            self.verdict.broken.append("a killed close left a part of its documents")

    def _close(self, close: Close) -> None:
        started = time.monotonic()
        try:
            World(self.home.root).run_close(str(close.on))
        except Exception as error:  # noqa: BLE001 whatever ends a close, a story did it
            self.verdict.broken.append(f"the close of {close.on} failed: {error}")
            return
        self.seconds = time.monotonic() - started
        self.verdict.broken += [
            str(finding)
            for finding in verify(self.home)
            if not finding.holds and finding.sentence != NOT_LOOKED_AT
        ]

    def _compare(self, step: int) -> None:
        found = issued(World(self.home.root))
        for name, position in self.positions.items():
            words = found.get(name, NOTHING).differences(position)
            if words and name not in self.verdict.disagreeing:
                self.verdict.disagreeing[name] = (step, words)
