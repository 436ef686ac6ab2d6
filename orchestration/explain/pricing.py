"""How a price made an item's worth: price row, quantity, tiers, part of a period, bounds.

Not here: the arithmetic of a price table (figures.py).
"""

from collections.abc import Iterator
from fractions import Fraction

from orchestration.explain.events import Event
from orchestration.explain.figures import (
    Part,
    Row,
    billed_units,
    exact,
    number,
    price_of,
    rounded,
)
from orchestration.explain.item import Item
from orchestration.explain.records import Source
from orchestration.explain.steps import Step

_METERED = 10**12
_PER_EVENT = ("fixed_per_event", "minimum_per_event", "maximum_per_event", "free_events")


class Priced(Item):
    """A recurring, usage or one-time item that a price table prices."""

    def explain(self) -> None:
        """Add price, quantity and amount."""
        charge = self.line.source("charges")
        if charge is None:
            self.unfounded("the charge has no landed row")
            return
        self.explanation.add("The price", list(self._price_steps(charge)))
        self.explanation.add("The quantity", list(self._quantity_steps(charge)))
        places = self.money.minor_units
        if self.working["total_before"] is not None:
            steps, amount = self._of_rating_period(charge)
        else:
            parts = self._parts(charge, exact(self.working["total_quantity"]))
            total = sum((part.amount for part in parts), Fraction(0))
            self.explanation.check(
                f"the price of the quantity is {self.money(total)}",
                holds=total == exact(self.working["exact_amount"]),
            )
            steps = [Step(part.words, self.money(part.amount)) for part in parts]
            if not parts:
                steps.append(Step("nothing to pay for", self.money(0)))
            if len(parts) > 1:
                steps.append(Step("together", self.money(total)))
            if self.working["is_pooled"]:
                more, amount = self._share(total)
            else:
                part = Fraction(1) if self.working["item_kind"] == "usage" else self.part
                amount = rounded(total * part, places)
                more = self._proration(total, part)
                more += self.rounding(total * part, amount)
            steps += more
        self.explanation.check(
            f"the item's part of it is {self.money(amount)}",
            holds=amount == exact(self.working["priced_amount"]) - self._before(bound=False)
            if self.working["total_before"] is not None
            else amount == exact(self.working["priced_amount"]),
        )
        steps, amount = self._bounded(charge, steps, amount)
        steps, amount = self._kept_for_allowances(steps, amount)
        self.close("The amount", steps, amount)

    def _of_rating_period(self, charge: Source) -> tuple[list[Step], Fraction]:
        """The running total's price, less the price of what came before this window."""
        total, before = (exact(self.working[name]) for name in ("total_quantity", "total_before"))
        unit = self.working["unit"] or "units"
        prices = []
        steps = []
        for words, quantity in (("with this window", total), ("before it", before)):
            if self._is_of_events(charge):
                price = exact(
                    self.working["exact_amount"]
                    if words == "with this window"
                    else self.working["amount_before"]
                )
                parts = []
            else:
                parts = self._parts(charge, quantity)
                price = sum((part.amount for part in parts), Fraction(0))
            price = rounded(price, self.money.minor_units)
            steps += [Step(f"  {part.words}", self.money(part.amount)) for part in parts]
            steps.append(
                Step(
                    f"price of the {number(quantity)} {unit} of the rating period {words}, rounded",
                    self.money(price),
                )
            )
            prices.append(price)
        self.explanation.check(
            f"what came before this window cost {self.money(prices[1])}",
            holds=prices[1] == exact(self.working["amount_before"]),
        )
        return [*steps, Step("the difference", self.money(prices[0] - prices[1]))], (
            prices[0] - prices[1]
        )

    def _parts(self, charge: Source, quantity: Fraction) -> list[Part]:
        """The addends of the price of a quantity, or of the events."""
        model = charge.values["model"]
        if self._is_of_events(charge):
            return self._event_parts(charge)
        if model == "flat" and self.working["item_kind"] != "usage":
            units = Fraction(1)
        else:
            units = max(quantity - exact(self.working["included_units"]), Fraction(0))
        return price_of(model, [tier.values for tier in self.line.tiers], units, self.money)

    def _is_of_events(self, charge: Source) -> bool:
        if charge.values["model"] == "dynamic":
            return True
        by_event = any(
            tier.values[name] is not None for tier in self.line.tiers for name in _PER_EVENT
        )
        is_usage = self.working["item_kind"] == "usage" and not self.working["is_pooled"]
        return charge.values["model"] == "percentage" and by_event and is_usage

    def _event_parts(self, charge: Source) -> list[Part]:
        if charge.values["model"] == "dynamic":
            return [
                Part(f"event {event.event_id} says", event.amount)
                for event in self.present
                if event.amount
            ]
        tier = self.line.tiers[0].values
        meter = self.line.source("meters")
        assert meter is not None
        free = int(tier["free_events"] or 0)
        included = exact(self.working["included_units"])
        after = Fraction(0)
        parts = []
        for place, event in enumerate(self.present):
            read = event.quantity or Fraction(0)
            units = billed_units(abs(read), meter.values) * (1 if read >= 0 else -1)
            if place < free:
                parts.append(Part(f"event {event.event_id}, free", Fraction(0)))
                continue
            before, after = after, after + units
            if included:
                if max(before, after) <= included and min(before, after) < included:
                    parts.append(Part(f"event {event.event_id}, included", Fraction(0)))
                    continue
                units = max(after - included, Fraction(0)) - max(before - included, Fraction(0))
            parts.append(self._event_part(event, units, tier))
        return parts

    def _event_part(self, event: Event, units: Fraction, tier: Row) -> Part:
        rate, fixed = exact(tier["rate"]), exact(tier["fixed_per_event"])
        amount = units * rate / 100 + fixed
        words = f"event {event.event_id}: {number(rate)} % of {number(units)}"
        if fixed:
            words += f" + {self.money(fixed)}"
        for word, pick in (("minimum", max), ("maximum", min)):
            limit = tier[f"{word}_per_event"]
            if limit is not None and pick(amount, exact(limit)) != amount:
                amount = exact(limit)
                words += f", {word} {self.money(amount)}"
        return Part(words, amount)

    def _share(self, total: Fraction) -> tuple[list[Step], Fraction]:
        """The pool's amount by usage; a minor unit more to the largest remainders (rule 19)."""
        places = self.money.minor_units
        whole = rounded(total, places)
        used, all_used = (exact(self.working[name]) for name in ("quantity", "total_quantity"))
        share = whole * used / all_used if all_used else Fraction(0)
        down = Fraction(share * 10**places // 1, 10**places)
        amount = exact(self.working["priced_amount"])
        steps = [
            *self.rounding(total, whole),
            Step(
                f"the part of {number(used)} in {number(all_used)}, rounded down",
                self.money(down),
            ),
        ]
        left = amount - down
        if left == Fraction(1, 10**places):
            steps.append(Step("of what is left over, for its large remainder", self.money(left)))
            return steps, down + left
        return steps, down

    def _proration(self, total: Fraction, part: Fraction) -> list[Step]:
        if part == 1:
            return []
        numerator, denominator = (
            self.issued["proration_numerator"],
            self.issued["proration_denominator"],
        )
        return [
            Step(f"for {numerator} of {denominator} days of its period", self.money(total * part))
        ]

    def _before(self, *, bound: bool) -> Fraction:
        before = exact(self.working["amount_before"])
        if bound and self.working["greatest_amount"] is not None:
            return min(before, exact(self.working["greatest_amount"]))
        return before

    def _bounded(
        self, charge: Source, steps: list[Step], amount: Fraction
    ) -> tuple[list[Step], Fraction]:
        """Minimum and maximum of the period; of a rating period they bind the running total."""
        priced, before = exact(self.working["priced_amount"]), self._before(bound=True)
        bound = priced
        for name, pick in (("least", max), ("greatest", min)):
            limit = self.working[f"{name}_amount"]
            if limit is None:
                continue
            self._check_limit(charge, name, exact(limit))
            if pick(bound, exact(limit)) != bound:
                word = "minimum" if name == "least" else "maximum"
                steps.append(
                    Step(
                        f"{word} of the charge{self._limit_part(name)}",
                        self.money(limit),
                        charge.place,
                    )
                )
                bound = exact(limit)
        if self.working["total_before"] is None:
            return steps, bound if bound != priced else amount
        result = bound - before
        if result != amount:
            steps.append(Step("less what the windows before were worth", self.money(-before)))
        return steps, result

    def _limit_part(self, name: str) -> str:
        numerator, denominator = self._limit_days(name)
        return "" if numerator == denominator else f", {numerator} of {denominator} days"

    def _limit_days(self, name: str) -> tuple[int, int]:
        if name == "least":
            return self.working["minimum_numerator"], self.working["minimum_denominator"]
        if self.working["item_kind"] == "usage":
            return 1, 1
        return self.issued["proration_numerator"], self.issued["proration_denominator"]

    def _check_limit(self, charge: Source, name: str, limit: Fraction) -> None:
        column = "minimum_amount" if name == "least" else "maximum_amount"
        part = Fraction(*self._limit_days(name))
        amount = rounded(exact(charge.values[column]) * part, self.money.minor_units)
        self.explanation.check(
            f"the charge's {column.split('_', maxsplit=1)[0]} is {self.money(limit)}",
            holds=amount == limit,
        )

    def _kept_for_allowances(
        self, steps: list[Step], amount: Fraction
    ) -> tuple[list[Step], Fraction]:
        """A line is never below what is left with its allowances (rules 18 and 38)."""
        worth = exact(self.issued["present_worth"])
        if amount != worth and self.line.has_allowances and self.has_bounds():
            steps.append(
                Step("so that it is what is left with its allowances", self.money(worth - amount))
            )
            amount = worth
        return steps, amount

    def _price_steps(self, charge: Source) -> Iterator[Step]:
        model = charge.values["model"]
        yield Step(f"charge {charge.row_key}, {model}", "", charge.place)
        tiers = self.line.tiers
        if tiers:
            whose = self.issued["price_subscription_id"]
            since = self.issued["price_valid_from"]
            kind = f"price negotiated by {whose}" if whose else "list price"
            valid = "" if since.year == 1 else f" from {since}"
            yield Step(f"{kind} in {self.money.currency}{valid}")
        bounds = [*(tier.values["from_units"] for tier in tiers[1:]), None][: len(tiers)]
        for tier, end in zip(tiers, bounds, strict=True):
            start = number(tier.values["from_units"] or 0)
            if len(tiers) == 1:
                scope = "  each unit" if model not in {"flat", "stairstep"} else "  whole"
            else:
                scope = f"  above {start}" + (f" to {number(end)}" if end is not None else "")
            yield Step(scope, self._tier_price(tier.values), tier.place)

    def _tier_price(self, tier: Row) -> str:
        texts = []
        if tier["unit_price"] is not None:
            per = tier["package_size"]
            texts.append(
                self.money(tier["unit_price"]) + (f" per {number(per)}" if per is not None else "")
            )
        if tier["flat_price"] is not None:
            texts.append(f"{self.money(tier['flat_price'])} flat")
        if tier["rate"] is not None:
            texts.append(f"{number(tier['rate'])} %")
        if tier["fixed_per_event"] is not None:
            texts.append(f"{self.money(tier['fixed_per_event'])} an event")
        texts += [
            f"{word} {self.money(tier[f'{word}_per_event'])} an event"
            for word in ("minimum", "maximum")
            if tier[f"{word}_per_event"] is not None
        ]
        if tier["free_events"] is not None:
            texts.append(f"{number(tier['free_events'])} events free")
        return " + ".join(texts[:2]) + "".join(f", {text}" for text in texts[2:])

    def _quantity_steps(self, charge: Source) -> Iterator[Step]:
        quantity = exact(self.working["quantity"])
        unit = self.working["unit"] or ("units" if self.working["item_kind"] == "usage" else "")
        if self.working["item_kind"] == "usage":
            yield from self._metered_steps(quantity, unit)
        elif charge.values["model"] != "flat":
            yield from self._held_steps(quantity)
        total, included = (
            exact(self.working[name]) for name in ("total_quantity", "included_units")
        )
        if total != quantity:
            words = (
                "all that the pool used"
                if self.working["is_pooled"]
                else "used since the rating period began"
            )
            yield Step(words, f"{number(total)} {unit}")
        if included and not self._is_of_events(charge):
            yield Step("included", f"-{number(included)} {unit}", charge.place)
            yield Step("to be paid", f"{number(max(total - included, Fraction(0)))} {unit}")

    def _held_steps(self, quantity: Fraction) -> Iterator[Step]:
        one_time = self.line.source("one_time_charges")
        subscription = self.line.source("subscriptions")
        source = one_time or subscription
        for change in self.line.all_of("subscription_changes"):
            values = change.values
            if values["quantity"] is None or values["effective_on"] > self.issued["service_start"]:
                continue
            if exact(values["quantity"]) == quantity:
                yield Step(
                    f"quantity since {values['effective_on']} by change {change.row_key}",
                    number(quantity),
                    change.place,
                )
                return
        yield Step("quantity", number(quantity), source.place if source else "")

    def _metered_steps(self, quantity: Fraction, unit: str) -> Iterator[Step]:
        meter = self.line.source("meters")
        if meter is None or self.working["metered_numerator"] is None:
            self.unfounded("the meter has no landed row")
            return
        metered = (
            Fraction(
                int(self.working["metered_numerator"]), int(self.working["metered_denominator"])
            )
            / _METERED
        )
        values = meter.values
        named = f" of {values['property']}" if values["property"] else ""
        yield Step(
            f"meter {meter.row_key}: {values['aggregation']}{named}", number(metered), meter.place
        )
        if values["divisor"] not in (None, 1):
            yield Step(f"divided by {number(values['divisor'])}")
        if values["rounding"] not in (None, "none"):
            yield Step(f"rounded {values['rounding']} to {number(values['rounding_unit'] or 1)}")
        yield Step("quantity", f"{number(quantity)} {unit}")
        self.explanation.check(
            f"what the meter read makes {number(quantity)} {unit}",
            holds=billed_units(metered, values) == quantity,
        )
