"""Strategies for what happens to a company: accounts, subscriptions, changes, usage."""

from datetime import date, timedelta

from hypothesis import strategies as st

from .choices import any_of, maybe, rarely

FIRST_DAY = date(2024, 1, 1)
DAYS = [
    "2024-01-01",
    "2024-01-16",
    "2024-01-31",
    "2024-02-01",
    "2024-01-10",
    "2024-01-30",
    "2024-02-15",
    "2024-02-29",
    "2023-12-31",
    "2024-03-10",
    "2024-03-31",
    "2024-04-16",
    "2024-05-31",
]
# The days on which Paris and New York change their clocks.
CLOCK_CHANGES = ["2024-03-31", "2024-10-27", "2024-03-10", "2024-11-03"]
# Around midnight UTC, in Paris in winter and summer, in New York in both.
TIMES = [
    "12:00:00",
    "00:00:00",
    "23:00:00",
    "22:00:00",
    "05:00:00",
    "04:00:00",
    "23:59:59.999999",
    "22:59:59",
    "21:59:59",
    "04:59:59.5",
    "01:30:00",
]
OFFSETS = ["", "Z", "+00:00", "+02:00", "-05:00"]
QUANTITIES = [
    "1",
    "-2",
    "3",
    "0.5",
    "-1",
    "7",
    "0",
    "-50",
    "2.5",
    "10",
    "-31",
    "31",
    "100",
    "999.5",
    "1000.123456789012",
    "-3.25",
    "0.000000000001",
    "0.999999999999",
    "12345678.9",
    "100000000",
    "-0.000000000001",
]
HELD = ["", "2", "3", "0", "0.5", "2.25", "17", "0.333333333333"]
days = st.sampled_from(DAYS)
closing_dates = st.sampled_from(
    [FIRST_DAY + timedelta(days=offset) for offset in (120, 31, 60, 91, 182, 320, 366)]
)


accounts = st.fixed_dictionaries(
    {
        "payer": st.sampled_from([9, 0, 0, 0, 0, 1, 2]),
        "currency": st.sampled_from(["EUR", "", "EUR", "EUR", "JPY", "KWD", "USD"]),
        "cycle": st.integers(0, 1),
        "anchor": maybe(st.sampled_from([*DAYS, "2025-01-31", "2024-08-30"])),
    }
)
subscriptions = st.fixed_dictionaries(
    {
        "account": st.integers(0, 7),
        "plan": st.sampled_from([0, 0, 0, 1, 2]),
        "starts_on": days,
        "length": st.sampled_from([0, 0, 0, 1, 15, 45, 100]),
        "trial": st.sampled_from([0, 0, 0, 7, 31, 60]),
        "quantity": st.sampled_from(HELD),
    }
)
changes = st.fixed_dictionaries(
    {
        "subscription": st.integers(0, 5),
        "after": st.sampled_from([15, 0, -5, 1, 14, 30, 31, 45, 60, 90]),
        "change": st.sampled_from(["quantity", "plan", "pause", "resume", "pause", "cancel"]),
        "quantity": st.sampled_from([held or "1" for held in HELD]),
        "plan": st.integers(0, 2),
    }
)
# None is a property that is missing.
properties = st.fixed_dictionaries(
    {
        "size": st.sampled_from([-3, *QUANTITIES, 3, 2.5, -1, None, None]),
        "id": st.sampled_from(["a", "b", "c", "d", 7, None]),
        "region": st.sampled_from(["eu", "us", 1, "", None]),
        "time": st.sampled_from(["peak", "off", None]),
        "level": st.sampled_from([1, "1", 2, None]),
        "amount": st.sampled_from(["2.5", "0.005", "-1.5", 3, "1000000.123456789012", None]),
        "operation": st.sampled_from(["add", "add", "remove", None]),
    }
)
# Several events of one instant: their keys put them in order.
moments = st.fixed_dictionaries(
    {
        "subscription": st.integers(0, 5),
        "meter": st.integers(0, 2),
        "after": st.sampled_from([*range(0, 100, 7), 14, 15, 30, 31, 59, 60, 150, -3]),
        "on": rarely(st.sampled_from(CLOCK_CHANGES)),
        "time": maybe(st.tuples(st.sampled_from(TIMES), st.sampled_from(OFFSETS)).map("".join)),
        "facts": st.lists(
            st.tuples(maybe(st.sampled_from(QUANTITIES)), properties), min_size=1, max_size=3
        ),
    }
)
one_time_charges = st.fixed_dictionaries(
    {
        "account": st.integers(0, 7),
        "occurred_on": days,
        "amount": maybe(any_of("10 0.005 -2.345 1000000.5")),
        "quantity": any_of("1 2.5 3"),
        "charge": st.integers(0, 11),
    }
)
