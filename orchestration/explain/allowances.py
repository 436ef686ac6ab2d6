"""How an allowance came to its amount: what it is taken from, and how much of it."""

from fractions import Fraction

from orchestration.explain.figures import exact, number, rounded
from orchestration.explain.item import Item
from orchestration.explain.records import Line, Source
from orchestration.explain.steps import Step


class Allowance(Item):
    """An allowance on a line or on a document."""

    def explain(self) -> None:
        """Add the steps to its amount."""
        row = self.line.source("allowances")
        if row is None or self.working["base_amount"] is None:
            self.unfounded("the allowance has no landed row")
            return
        if self.issued["allowance_level"] == "invoice":
            self._invoice_allowance(row)
        else:
            self._line_allowance(row)

    def _line_allowance(self, row: Source) -> None:
        base = exact(self.working["base_amount"])
        worth = exact(self.issued["present_worth"])
        discounted = self._discounted()
        steps = []
        if discounted is not None:
            steps.append(
                Step(
                    f"discounts line {discounted.issued['line_number']},"
                    f" {discounted.issued['description']}"
                )
            )
        steps.append(Step("what it is taken from", self.money(base)))
        value = exact(row.values["value"])
        if row.values["kind"] == "percent":
            taken = rounded(base * value / 100, self.money.minor_units)
            words = f"{number(value)} % of it, rounded"
        else:
            part = self._part_of(discounted)
            taken = min(max(base, Fraction(0)), rounded(value * part, self.money.minor_units))
            words = f"{self.money(value)}{self.part_in_words(part)}, at most what is left"
        steps.append(Step(words, self.money(-taken), row.place))
        kept = worth + taken
        if kept and taken > -worth >= 0 and self.has_bounds():
            steps.append(
                Step("kept back by the minimum or maximum of the charge", self.money(kept))
            )
            taken -= kept
        self.close("The amount", steps, -taken)

    def _invoice_allowance(self, row: Source) -> None:
        """Taken from all that it covers of one bill date, and spread by rate of tax."""
        value = exact(row.values["value"])
        own = (row.values["kind"] == "amount", self.issued["allowance_id"])
        together = self.line.taken_together
        parts = [part for part in together if part["allowance_id"] == own[1]]
        earlier = [
            part for part in together if (part["kind"] == "amount", part["allowance_id"]) < own
        ]
        base = exact(self.working["base_amount"])
        left = base + sum((exact(part["present_worth"]) for part in earlier), Fraction(0))
        if row.values["kind"] == "percent":
            taken = rounded(left * value / 100, self.money.minor_units)
            words = f"{number(value)} % of it, rounded"
        else:
            taken = min(max(left, Fraction(0)), rounded(value, self.money.minor_units))
            words = f"{self.money(value)}, at most what is left"
        steps = [Step("sum of what it covers of this bill date", self.money(base))]
        if earlier:
            steps.append(Step("left by the allowances before it", self.money(left)))
        steps.append(Step(words, self.money(-taken), row.place))
        shared = -sum((exact(part["present_worth"]) for part in parts), Fraction(0))
        if len(parts) > 1:
            steps += [
                Step(
                    f"of which at {number(part['tax_rate'])} % of tax",
                    self.money(part["present_worth"]),
                )
                for part in parts
            ]
        self.explanation.check(
            f"the allowance takes {self.money(taken)} from this bill", holds=shared == taken
        )
        worth = exact(self.issued["present_worth"])
        is_part = worth in [exact(part["present_worth"]) for part in parts]
        self.close("The amount", steps, worth if shared == taken and is_part else -taken)

    def _part_of(self, line: Line | None) -> Fraction:
        if line is None:
            return Fraction(1)
        return Fraction(line.issued["proration_numerator"], line.issued["proration_denominator"])

    def _discounted(self) -> Line | None:
        wanted = self.working["discounted_item_id"]
        return next((line for line in self.others if line.issued["item_id"] == wanted), None)
