"""How the amount of a line came about, each step worked out again and checked.

Not here: what is read (records.py, events.py), how it is laid out (answers.py).
"""

import json
from collections.abc import Sequence
from fractions import Fraction

from orchestration.explain.allowances import Allowance
from orchestration.explain.events import Event
from orchestration.explain.figures import Row, exact, rounded
from orchestration.explain.item import Item
from orchestration.explain.pricing import Priced
from orchestration.explain.records import Line
from orchestration.explain.steps import Explanation, Step


def explain_amount(
    explanation: Explanation, line: Line, present: Sequence[Event], others: Sequence[Line]
) -> None:
    """Add how the worth of the line's item came about, and the difference that is billed.

    `present` are all events of the item, `others` the lines of the same document.
    """
    if line.working is None:
        explanation.add(
            "How it came about",
            [
                Step(
                    "It was issued before workings were kept: what was billed for it is below,"
                    " its price is not worked out again."
                )
            ],
        )
    else:
        _kind_of(line.working)(explanation, line, present, others).explain()
    _explain_difference(explanation, line)


def _explain_difference(explanation: Explanation, line: Line) -> None:
    *earlier, _ = line.history
    issued, money = line.issued, line.money
    before = sum((exact(row["net_amount"]) for row in earlier), Fraction(0))
    if earlier:
        steps = [
            Step(
                f"{row['invoice_number']} of {row['issue_date']}, line {row['line_number']}",
                money(row["net_amount"]),
            )
            for row in earlier
        ]
        explanation.add(
            "The difference",
            [
                *steps,
                Step("billed before", money(before)),
                Step("worth now", money(issued["present_worth"])),
                Step("this line: worth now less billed before", money(issued["net_amount"])),
            ],
        )
    explanation.check(
        f"{money(issued['present_worth'])} of worth less {money(before)} billed before"
        f" are {money(issued['net_amount'])}",
        holds=before == exact(issued["previous_worth"])
        and exact(issued["present_worth"]) - before == exact(issued["net_amount"]),
    )


class _Given(Item):
    """A one-time charge whose amount was stated."""

    def explain(self) -> None:
        """Add the stated amount."""
        row = self.line.source("one_time_charges")
        if row is None:
            self.unfounded("the one-time charge has no landed row")
            return
        amount = exact(row.values["amount"])
        steps = [Step("stated amount", self.money(amount), row.place)]
        result = rounded(amount, self.money.minor_units)
        self.close("The amount", [*steps, *self.rounding(amount, result)], result)


class _TrueUp(Item):
    """What was missing of a commitment."""

    def explain(self) -> None:
        """Add what was committed, reached and missing."""
        row = self.line.source("commitments")
        if row is None:
            self.unfounded("the commitment has no landed row")
            return
        part = self.part
        committed = rounded(exact(row.values["amount"]) * part, self.money.minor_units)
        stated = json.loads(self.issued["price_breakdown"])
        reached = Fraction(stated["reached_amount"])
        self.explanation.check(
            f"the commitment of the period is {self.money(committed)}",
            holds=committed == Fraction(stated["committed_amount"]),
        )
        steps = [
            Step(
                f"committed: {self.money(exact(row.values['amount']))} a {row.values['period']}"
                + self.part_in_words(part),
                self.money(committed),
                row.place,
            ),
            *self._reached(reached),
        ]
        missing = max(committed - reached, Fraction(0))
        if missing != committed - reached:
            steps.append(Step("more was reached than committed: nothing is missing"))
        self.close("The amount", steps, missing)

    def _reached(self, reached: Fraction) -> list[Step]:
        """The lines whose service starts in the period, and what counts without being billed."""
        lines = self.line.reached_by
        billed = sum((exact(row["net_amount"]) for row in lines), Fraction(0))
        steps = [
            Step(
                f"  {row['invoice_number']} line {row['line_number']}: {row['description']}",
                self.money(row["net_amount"]),
            )
            for row in lines
        ]
        if billed != reached:
            steps.append(Step("  due later, or billed elsewhere", self.money(reached - billed)))
        return [
            *steps,
            Step("reached by what starts in the period", self.money(-reached)),
        ]


class _Vanished(Item):
    """An item that was billed and is due no more."""

    def explain(self) -> None:
        """Say that nothing is left of it."""
        self.close(
            "The amount",
            [Step("It was billed, and with what is known since it is not due any more.")],
            Fraction(0),
        )


def _kind_of(working: Row) -> type[_Given | _TrueUp | _Vanished | Allowance | Priced]:
    kinds: dict[str, type[_TrueUp | _Vanished | Allowance]] = {
        "vanished": _Vanished,
        "true_up": _TrueUp,
        "allowance": Allowance,
    }
    return kinds.get(working["item_kind"], _Given if working["exact_amount"] is None else Priced)
