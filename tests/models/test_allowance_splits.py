"""Whatever allowances take off: the parts sum to the whole, and nothing falls below zero.

The models' own SQL, on items and allowances that are drawn.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.home import Home

from .compiled import compiled, rows_of

ON_INVOICES = "int_invoice_allowances_taken"
ON_LINES = "int_line_allowances_taken"
BOUND = "int_line_allowances_bounded"
CENTS = Decimal("0.01")


class Allowance(NamedTuple):
    """Percent, or an amount in cents."""

    kind: str
    value: Decimal

    def taken(self, left: int) -> int:
        """What it takes of so many cents, which are not negative."""
        if self.kind == "amount":
            return min(left, int(self.value * 100))
        return int((left * self.value / 100).quantize(Decimal(1), ROUND_HALF_UP))


class Part(NamedTuple):
    """Cents of a document in one rate of tax, and which allowances cover them."""

    units: int
    covered: Sequence[bool]


ALLOWANCES = st.one_of(
    st.builds(Allowance, st.just("percent"), st.decimals(0, 100, places=3)),
    st.builds(Allowance, st.just("amount"), st.decimals(0, 2000, places=2)),
)
DOCUMENTS = st.lists(ALLOWANCES, min_size=1, max_size=3).flatmap(
    lambda allowances: st.tuples(
        st.just(allowances),
        st.lists(
            st.builds(
                Part,
                st.integers(-3000, 100_000),
                st.lists(st.booleans(), min_size=len(allowances), max_size=len(allowances)).filter(
                    any
                ),
            ),
            min_size=1,
            max_size=5,
        ),
    )
)


@pytest.fixture(scope="module")
def queries(new_home: Callable[[], Home]) -> Mapping[str, str]:
    """The models' SQL as dbt compiles it."""
    return compiled(new_home(), ON_INVOICES, ON_LINES, BOUND)


def _spread(
    query: str, allowances: Sequence[Allowance], parts: Sequence[Part], *, is_reversed: bool
) -> dict[tuple[int, int], int]:
    """Cents by place of the allowance and of the part."""
    part_rows = [
        (
            "d",
            "S",
            rate,
            " " + "".join(f"{place + 1} " for place, is_in in enumerate(part.covered) if is_in),
            2,
            part.units,
        )
        for rate, part in enumerate(parts)
    ]
    placed = [
        (str(place), "d", place + 1, allowance.kind, allowance.value)
        for place, allowance in enumerate(allowances)
    ]
    step = -1 if is_reversed else 1
    found = rows_of(
        query,
        {
            "intermediate.int_invoice_parts_covered": (
                "document_id varchar, tax_category varchar, tax_rate decimal(9, 4),"
                " scope varchar, minor_units integer, units hugeint",
                part_rows[::step],
            ),
            "intermediate.int_invoice_allowances_placed": (
                "allowance_id varchar, document_id varchar, place bigint, kind varchar,"
                " allowance_value decimal(38, 12)",
                placed[::step],
            ),
        },
    )
    return {(int(row[0]), int(row[3])): int(row[4] * 100) for row in found}


@settings(max_examples=60, deadline=None)
@given(document=DOCUMENTS)
def test_an_invoice_allowance_is_spread_to_the_cent(
    queries: Mapping[str, str], document: tuple[Sequence[Allowance], Sequence[Part]]
) -> None:
    allowances, parts = document
    spread = _spread(queries[ON_INVOICES], allowances, parts, is_reversed=False)
    left = [part.units for part in parts]
    for place, allowance in enumerate(allowances):
        covered = [
            units if part.covered[place] else 0 for units, part in zip(left, parts, strict=True)
        ]
        weights = [max(units, 0) for units in covered]
        whole = allowance.taken(max(sum(covered), 0))
        shares = [spread.pop((place, rate), 0) for rate in range(len(parts))]
        assert sum(shares) == whole
        for share, weight in zip(shares, weights, strict=True):
            assert 0 <= share <= weight
            assert abs(share - Fraction(whole * weight, sum(weights) or 1)) < 1
        left = [units - share for units, share in zip(left, shares, strict=True)]
    assert not spread


@settings(max_examples=20, deadline=None)
@given(document=DOCUMENTS)
def test_the_order_of_rows_does_not_matter(
    queries: Mapping[str, str], document: tuple[Sequence[Allowance], Sequence[Part]]
) -> None:
    query = queries[ON_INVOICES]
    assert _spread(query, *document, is_reversed=False) == _spread(
        query, *document, is_reversed=True
    )


@settings(max_examples=60, deadline=None)
@given(
    own=st.integers(0, 10_000_000),
    allowances=st.lists(ALLOWANCES, min_size=1, max_size=4),
    least=st.none() | st.integers(0, 200_000),
    greatest=st.none() | st.integers(0, 200_000),
)
def test_a_line_and_its_allowances_are_what_is_left(
    queries: Mapping[str, str],
    own: int,
    allowances: Sequence[Allowance],
    least: int | None,
    greatest: int | None,
) -> None:
    def bounded(units: int) -> int:
        raised = units if least is None else max(units, least)
        return raised if greatest is None else min(raised, greatest)

    rows = [
        (
            str(place),
            "i",
            allowance.kind,
            allowance.value,
            2,
            own * CENTS,
            allowance.value if allowance.kind == "amount" else None,
            place + 1,
        )
        for place, allowance in enumerate(allowances)
    ]
    taken = rows_of(
        queries[ON_LINES],
        {
            "intermediate.int_line_allowances_placed": (
                "allowance_id varchar, item_id varchar, kind varchar,"
                " allowance_value decimal(38, 12),"
                " minor_units integer, own_amount decimal(38, 4), whole_amount decimal(38, 4),"
                " place bigint",
                rows,
            )
        },
    )
    by_place = {int(row[0]): int(row[3] * 100) for row in taken}
    left = own
    for place, allowance in enumerate(allowances):
        assert by_place.get(place, 0) == allowance.taken(left)
        left -= by_place.get(place, 0)
    assert left >= 0
    if not taken:
        return
    amounts = [None if units is None else units * CENTS for units in (least, greatest)]
    items = (
        "i",
        bounded(own) * CENTS,
        own * CENTS,
        *amounts,
    )
    found = rows_of(
        queries[BOUND],
        {
            "intermediate.int_line_allowances_taken": (
                "allowance_id varchar, item_id varchar, place bigint,"
                " allowance_amount decimal(38, 4)",
                taken,
            ),
            "intermediate.int_items_rated": (
                "item_id varchar, net_amount decimal(38, 4), priced_amount decimal(38, 4),"
                " least_amount decimal(38, 4), greatest_amount decimal(38, 4),"
                " amount_before decimal(38, 4), rating_error varchar, payer_account_id varchar,"
                " subscription_id varchar, charge_id varchar, group_value varchar,"
                " currency varchar, rating_start date, service_start date",
                [(*items, *[None] * 9)],
            ),
        },
    )
    ((_, allowance_amount, net_amount),) = found
    assert 0 <= allowance_amount <= sum(by_place.values()) * CENTS
    assert net_amount == bounded(own) * CENTS
    assert net_amount - allowance_amount == bounded(left) * CENTS
