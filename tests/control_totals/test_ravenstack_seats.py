"""Seat subscriptions of 250 companies, month by month, prorated by the day.

Totals for the months of 2024 are published with the data (data/README.md).
There every subscription-month is rounded once and trials are counted, but
cost nothing; here a trial has no line, so lines are counted without trials.
"""

from datetime import date
from decimal import Decimal

from tests.control_totals.ravenstack_seats import LAST_DAY, read_subscriptions
from tests.control_totals.world import World, exact

# By month: subscription-months, trials included, and the amount.
PUBLISHED = {
    "2024-01": (419, "786848.60"),
    "2024-02": (487, "917926.29"),
    "2024-03": (575, "1080595.14"),
    "2024-04": (650, "1265169.12"),
    "2024-05": (759, "1483383.93"),
    "2024-06": (858, "1734687.63"),
    "2024-07": (999, "1954276.39"),
    "2024-08": (1147, "2217450.58"),
    "2024-09": (1338, "2548723.16"),
    "2024-10": (1567, "2970503.69"),
    "2024-11": (1819, "3453656.31"),
    "2024-12": (2287, "4188368.01"),
}


def _active_in(month: str, subscription: dict[str, str]) -> bool:
    """Whether at least one day of the month is paid for or tried."""
    first = date.fromisoformat(f"{month}-01")
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    start = max(first.isoformat(), subscription["start_date"])
    return start < min(after.isoformat(), subscription["end_date"] or LAST_DAY)


def test_the_published_months_count_the_subscriptions_given_here() -> None:
    subscriptions = read_subscriptions()
    assert {
        month: sum(_active_in(month, subscription) for subscription in subscriptions)
        for month in PUBLISHED
    } == {month: count for month, (count, _) in PUBLISHED.items()}


def test_each_month_of_2024_bills_the_published_amount(published: World) -> None:
    paying = [row for row in read_subscriptions() if row["is_trial"] == "FALSE"]
    billed = published.marts(
        """
        select strftime(service_start, '%Y-%m'), count(*), sum(net_amount)
        from marts.invoice_lines
        where
            charge_id in ('Basic', 'Pro', 'Enterprise')
            and service_start >= date '2024-01-01'
        group by 1
        """
    )
    assert exact(billed) == {
        month: (sum(_active_in(month, row) for row in paying), Decimal(amount))
        for month, (_, amount) in PUBLISHED.items()
    }


def test_trials_and_subscriptions_without_a_day_have_no_line(published: World) -> None:
    billed = published.marts("select distinct subscription_id from marts.invoice_lines")
    free = {
        row["subscription_id"]
        for row in read_subscriptions()
        if row["is_trial"] == "TRUE" or row["start_date"] == row["end_date"]
    }
    assert len(free) == 364 + 5
    assert not free & {subscription for (subscription,) in billed}


def test_each_account_receives_one_invoice_for_all_its_subscriptions(published: World) -> None:
    invoices = published.marts(
        """
        select count(*), count(distinct account_id), sum(net_amount)
        from marts.invoices
        where entity_id = 'ravenstack'
        """
    )
    # All months: those of 2024 above and 2,778,661.27 of 2023.
    assert invoices == [(250, 250, Decimal("27380250.12"))]
