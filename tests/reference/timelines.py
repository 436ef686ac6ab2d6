"""The stretches of a subscription in which its plan, quantity and state stay as they are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from .periods import Grid, Span
from .records import Change, Subscription


@dataclass(frozen=True)
class Stretch:
    """Days of a subscription on which nothing changes."""

    span: Span
    plan_id: str
    quantity: Fraction
    is_paused: bool
    is_trial: bool

    @property
    def is_active(self) -> bool:
        """Whether recurring and usage charges are billed (rule 13 for the trial)."""
        return not self.is_paused and not self.is_trial


@dataclass(frozen=True)
class Window:
    """Dates over which usage is priced together, in the natural period that holds them.

    `active` are its days without the holes that pauses make.
    """

    natural: Span
    span: Span
    active: tuple[Span, ...]


def end_of_life(subscription: Subscription, changes: list[Change]) -> date:
    """The earliest of `ends_on` and a cancel, which is final; never before the start (rule 14)."""
    cancels = [change.effective_on for change in changes if change.change == "cancel"]
    return max(min([subscription.ends_on, *cancels]), subscription.starts_on)


def timeline(subscription: Subscription, changes: list[Change]) -> list[Stretch]:
    """The subscription's life, first to last day, changes in order of day and key (rule 14)."""
    life = (subscription.starts_on, end_of_life(subscription, changes))
    inner = {subscription.trial_ends_on, *(change.effective_on for change in changes)}
    days = sorted({*life, *(day for day in inner if life[0] < day < life[1])})
    return [
        _state(subscription, changes, Span(start, end))
        for start, end in pairwise(days)
        if end <= life[1] and start >= life[0]
    ]


def _state(subscription: Subscription, changes: list[Change], span: Span) -> Stretch:
    plan_id, quantity, is_paused = subscription.plan_id, subscription.quantity, False
    for change in changes:
        if change.effective_on > span.start:
            break
        if change.change == "plan":
            plan_id = change.plan_id
        elif change.change == "quantity" and change.quantity is not None:
            quantity = change.quantity
        elif change.change in {"pause", "resume"}:
            is_paused = change.change == "pause"
    return Stretch(span, plan_id, quantity, is_paused, span.start < subscription.trial_ends_on)


def joined(
    stretches: list[Stretch], alike: Callable[[Stretch], object]
) -> list[tuple[Span, Stretch]]:
    """Neighbours that are alike as one span, each with the first of its stretches."""
    spans: list[tuple[Span, Stretch]] = []
    for stretch in stretches:
        if spans:
            span, first = spans[-1]
            if span.end == stretch.span.start and alike(first) == alike(stretch):
                spans[-1] = (Span(span.start, stretch.span.end), first)
                continue
        spans.append((stretch.span, stretch))
    return spans


def plan_spans(stretches: list[Stretch]) -> list[tuple[Span, Stretch]]:
    """The stays in each plan, pauses included; a trial's end begins another one (rule 13)."""
    return joined(stretches, lambda stretch: (stretch.plan_id, stretch.is_trial))


def recurring_spans(
    stretches: list[Stretch], plan_id: str, *, is_flat: bool
) -> list[tuple[Span, Stretch]]:
    """What cuts recurring items: all that changes, but for `flat` not the quantity (rule 7)."""
    active = [each for each in stretches if each.is_active and each.plan_id == plan_id]
    if is_flat:
        return joined(active, lambda stretch: stretch.plan_id)
    return joined(active, lambda stretch: stretch.quantity)


def active_spans(stretches: list[Stretch]) -> list[Span]:
    """The days on which the subscription is billed for what it holds, whatever its plan."""
    return [stretch.span for stretch in stretches if stretch.is_active]


def usage_windows(
    stretches: list[Stretch], plan_id: str, grid: Grid, horizon: date
) -> list[Window]:
    """What cuts usage: plan and trial, neither quantity nor pause (rule 15).

    A pause leaves a hole; a window that is all hole is one in which nothing counts.
    """
    past_trial = [each for each in stretches if each.plan_id == plan_id and not each.is_trial]
    windows = []
    for stay, _ in joined(past_trial, lambda stretch: stretch.plan_id):
        for natural in grid.periods(stay.start, horizon):
            span = natural.within(stay)
            if span is None:
                break
            active = [
                part
                for stretch in past_trial
                if stretch.is_active and (part := stretch.span.within(span))
            ]
            windows.append(Window(natural, span, _merged(active)))
    return windows


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in spans:
        if merged and merged[-1].end == span.start:
            merged[-1] = Span(merged[-1].start, span.end)
        else:
            merged.append(span)
    return tuple(merged)
