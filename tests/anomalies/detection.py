"""What two closes say of usage with known faults: which were found, and what else was flagged."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tests.anomalies.faults import Fault, land
from tests.control_totals.world import World

# The second close has ten months of issued bills behind it.
BILL_DATES = ("2013-11-01", "2014-01-01")


@dataclass(frozen=True)
class Flag:
    """A row of `marts.anomalies`; `end` is the first day after it."""

    subscription_id: str
    meter_id: str
    kind: str
    start: date
    end: date
    reason: str

    def covers(self, fault: Fault) -> bool:
        """Whether it points at that fault, whatever it calls it."""
        return (
            self.subscription_id == fault.subscription_id
            and self.meter_id == fault.meter_id
            and self.start <= fault.on < self.end
        )


@dataclass(frozen=True)
class Detection:
    """Faults that were put into the faulty copies, and the flags of both copies."""

    faults: list[Fault]
    flags: list[Flag]

    def of(self, data_set: str, kind: str) -> list[Fault]:
        """The faults of one kind in one data set."""
        return [fault for fault in self.faults if fault.data_set == data_set and fault.kind == kind]

    def is_found(self, fault: Fault) -> bool:
        """Whether a flag points at it."""
        return any(flag.covers(fault) for flag in self.flags)

    def on_clean(self, data_set: str) -> list[Flag]:
        """What was flagged where nothing was put in."""
        return [flag for flag in self.flags if is_of(flag, data_set) and is_clean(flag)]

    def on_faulty(self, data_set: str) -> tuple[list[Flag], list[Flag]]:
        """What was flagged in the faulty copies: at a fault, and beside one."""
        flags = [flag for flag in self.flags if is_of(flag, data_set) and not is_clean(flag)]
        right = [flag for flag in flags if any(flag.covers(fault) for fault in self.faults)]
        return right, [flag for flag in flags if flag not in right]


def is_of(flag: Flag, data_set: str) -> bool:
    """Whether the flag is of that data set."""
    return flag.subscription_id.startswith(data_set)


def is_clean(flag: Flag) -> bool:
    """Whether nothing was put into that subscription's usage."""
    return flag.subscription_id.endswith("-clean")


def detect(world: World, seed: str) -> Detection:
    """Lands both copies, closes twice, and reads what was flagged."""
    faults = land(world, seed)
    flags: list[Flag] = []
    for bill_date in BILL_DATES:
        world.close(bill_date)
        flags += _flags(world)
    return Detection(faults, flags)


def _flags(world: World) -> Iterator[Flag]:
    for row in world.marts(
        "select account_id, coalesce(meter_id, ''), kind, anomaly_start, anomaly_end, reason"
        " from marts.anomalies"
    ):
        yield Flag(*row)
