"""Faults put into real usage are flagged before issue, and clean usage is left alone.

The numbers of several draws are in the docs (overview.md, "Unlike the customer's own history");
`python -m tests.anomalies SEED` measures another one.
"""

from collections.abc import Callable
from datetime import date

import pytest

from orchestration.home import Home
from tests.anomalies.detection import Detection, detect
from tests.control_totals.world import World

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def detection(new_home: Callable[[], Home]) -> Detection:
    """One draw of faults, other than the one that the rules were written on."""
    return detect(World(new_home().root), "first")


@pytest.mark.parametrize(
    ("data_set", "kind", "at_least"),
    [
        ("MAC", "reading_high", 0.95),
        ("MAC", "days_missing", 1),
        ("MAC", "days_doubled", 1),
        ("MAC", "usage_high", 1),
        ("MAC", "usage_low", 0.8),
        ("tokens", "reading_high", 0.95),
        ("tokens", "days_missing", 0.7),
        ("tokens", "days_doubled", 1),
        ("bursts", "reading_high", 0.95),
        # Where clean days have none, a day without requests cannot be told from a quiet one.
        ("bursts", "days_missing", 0),
        ("bursts", "days_doubled", 1),
    ],
)
def test_faults_are_found(detection: Detection, data_set: str, kind: str, at_least: float) -> None:
    faults = detection.of(data_set, kind)
    found = [fault for fault in faults if detection.is_found(fault)]
    assert len(faults) >= 5
    assert len(found) >= at_least * len(faults), set(faults) - set(found)


@pytest.mark.parametrize("data_set", ["MAC", "tokens", "bursts"])
def test_what_is_flagged_is_a_fault(detection: Detection, data_set: str) -> None:
    right, beside = detection.on_faulty(data_set)
    assert len(right) >= 0.97 * (len(right) + len(beside)), beside


def test_a_gap_in_the_published_readings_is_found(detection: Detection) -> None:
    gaps = [flag for flag in detection.on_clean("MAC") if flag.kind == "days_missing"]
    assert sorted((gap.subscription_id, gap.start, gap.end) for gap in gaps) == [
        ("MAC000079-clean", date(2013, 7, day), date(2013, 7, day + 1)) for day in (8, 12, 25)
    ]


def test_clean_usage_is_left_alone(detection: Detection) -> None:
    """Of 579 months of households one: a reading of 0.172 in an empty home."""
    others = [flag for flag in detection.on_clean("MAC") if flag.kind != "days_missing"]
    assert [(flag.subscription_id, flag.kind, flag.start) for flag in others] == [
        ("MAC000028-clean", "reading_high", date(2013, 8, 5))
    ]
    assert detection.on_clean("tokens") == []
    assert detection.on_clean("bursts") == []
