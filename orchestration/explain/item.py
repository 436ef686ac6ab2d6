"""An item whose worth is worked out: its line with all that stands behind it.

Not here: how a kind of item comes to its worth (pricing.py, allowances.py, working.py).
"""

from collections.abc import Sequence
from fractions import Fraction

from orchestration.explain.events import Event
from orchestration.explain.figures import Row, exact
from orchestration.explain.records import Line
from orchestration.explain.steps import Explanation, Step


class Item:
    """The item of a line, with what every kind of it needs.

    `present` are all its events, `others` the lines of the same document.
    """

    def __init__(
        self,
        explanation: Explanation,
        line: Line,
        present: Sequence[Event],
        others: Sequence[Line],
    ) -> None:
        assert line.working is not None
        self.explanation = explanation
        self.line = line
        self.issued = line.issued
        self.working: Row = line.working
        self.money = line.money
        self.present = present
        self.others = others

    def close(self, title: str, steps: Sequence[Step], amount: Fraction) -> None:
        """The last section: what the parts add up to is what the ledger says."""
        worth = exact(self.issued["present_worth"])
        self.explanation.add(title, [*steps, Step("worth", self.money(amount))])
        self.explanation.check(
            f"the parts add up to {self.money(worth)}"
            + ("" if amount == worth else f": they add up to {self.money(amount)}"),
            holds=amount == worth,
        )

    def unfounded(self, what: str) -> None:
        """State that a step stands on nothing."""
        self.explanation.check(f"every step stands on a landed row: {what}", holds=False)

    @property
    def part(self) -> Fraction:
        """The part of its period that the line pays for."""
        return Fraction(self.issued["proration_numerator"], self.issued["proration_denominator"])

    def part_in_words(self, part: Fraction) -> str:
        """As a factor; nothing for the whole."""
        return "" if part == 1 else f" x {part.numerator} / {part.denominator}"

    def rounding(self, amount: Fraction, result: Fraction) -> list[Step]:
        """The step from an amount to its rounding, where they differ."""
        if amount == result:
            return []
        return [Step("rounded once, half away from zero", self.money(result))]

    def has_bounds(self) -> bool:
        """Whether the charge has a minimum or a maximum."""
        charge = self.line.source("charges")
        return charge is not None and (
            charge.values["minimum_amount"] is not None
            or charge.values["maximum_amount"] is not None
        )
