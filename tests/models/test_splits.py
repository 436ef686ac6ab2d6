"""Whatever is split: the parts sum to the whole, no part is negative, the order is no matter.

A pool's amount by usage, a document's tax by account, documents over lots of credit, and what
credit notes give back to them: the models' own SQL, on rows that are drawn.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.home import Home

from .compiled import compiled, rows_of

POOLS, STATEMENTS = "int_pools_split", "account_statement_taxes"
DRAWN, GIVEN_BACK = "int_drawdowns_drafted", "int_drawdowns_given_back"
DAY = date(2024, 1, 1)
CENT = Decimal("0.01")
QUANTITIES = st.decimals(0, 10**9, places=12)
SHUFFLES = st.randoms(use_true_random=False)


@pytest.fixture(scope="module")
def queries(new_home: Callable[[], Home]) -> Mapping[str, str]:
    """The models' SQL."""
    return compiled(new_home(), POOLS, STATEMENTS, DRAWN, GIVEN_BACK)


def cents(amount: Decimal) -> int:
    """Exactly so many."""
    assert amount == amount.quantize(CENT)
    return int(amount.scaleb(2))


def euros(amount: int) -> Decimal:
    return amount * CENT


@settings(max_examples=40, deadline=None)
@given(
    amount=st.integers(0, 10**9),
    quantities=st.lists(QUANTITIES, min_size=1, max_size=6),
    shuffle=SHUFFLES,
)
def test_a_pool_is_split_by_usage_to_the_cent(
    queries: Mapping[str, str], amount: int, quantities: Sequence[Decimal], shuffle: Any
) -> None:
    total = sum(quantities, Decimal(0))
    amount = amount if total else 0
    items = [
        (str(place), "pool", str(place), DAY, True, quantity)
        for place, quantity in enumerate(quantities)
    ]

    def split(rows: Sequence[Sequence[Any]]) -> dict[str, Decimal]:
        found = rows_of(
            queries[POOLS],
            {
                "intermediate.int_items_priced": (
                    "item_id varchar, rating_key varchar, subscription_id varchar,"
                    " service_start date, is_pooled boolean, quantity decimal(38, 12)",
                    rows,
                ),
                "intermediate.int_totals_rated": (
                    "rating_key varchar, side varchar, minor_units integer,"
                    " rounded_amount decimal(38, 4), quantity decimal(38, 12)",
                    [("pool", "through", 2, euros(amount), total)],
                ),
            },
        )
        return dict(found)

    shares = split(items)
    assert sum(cents(share) for share in shares.values()) == amount
    for place, quantity in enumerate(quantities):
        exact = Fraction(amount) * Fraction(quantity) / Fraction(total or 1)
        assert cents(shares[str(place)]) >= 0
        assert abs(cents(shares[str(place)]) - exact) < 1
    assert split(shuffle.sample(items, len(items))) == shares


@settings(max_examples=40, deadline=None)
@given(
    bases=st.lists(st.integers(-(10**6), 10**7), min_size=2, max_size=6),
    rate=st.decimals(0, 30, places=4),
    shuffle=SHUFFLES,
)
def test_the_tax_of_a_document_is_shared_by_its_accounts_to_the_cent(
    queries: Mapping[str, str], bases: Sequence[int], rate: Decimal, shuffle: Any
) -> None:
    exact = Fraction(sum(bases)) * Fraction(rate) / 100
    whole = int(abs(exact) + Fraction(1, 2)) * (1 if exact >= 0 else -1)
    lines = [("d", f"a{place}", "S", rate, euros(base)) for place, base in enumerate(bases)]

    def shared(rows: Sequence[Sequence[Any]]) -> dict[str, Decimal]:
        found = rows_of(
            queries[STATEMENTS],
            {
                "ledger.documents": (
                    "invoice_id varchar, account_id varchar, minor_units integer",
                    [("d", "a0", 2)],
                ),
                "ledger.lines": (
                    "invoice_id varchar, account_id varchar, tax_category varchar,"
                    " tax_rate decimal(9, 4), net_amount decimal(38, 4)",
                    rows,
                ),
                "ledger.taxes": (
                    "invoice_id varchar, tax_category varchar, tax_rate decimal(9, 4),"
                    " tax_amount decimal(38, 4)",
                    [("d", "S", rate, euros(whole))],
                ),
            },
        )
        return {row[1]: row[5] for row in found}

    taxes = shared(lines)
    assert sum(cents(tax) for tax in taxes.values()) == whole
    for place, base in enumerate(bases):
        assert abs(cents(taxes[f"a{place}"]) - Fraction(base) * Fraction(rate) / 100) < 1
        # No tax of another sign than what it is on.
        assert cents(taxes[f"a{place}"]) * base >= 0
    assert shared(shuffle.sample(lines, len(lines))) == taxes


DRAWDOWNS = (
    "invoice_id varchar, credit_id varchar, drawn_by_invoice_id varchar, account_id varchar,"
    " currency varchar, drawn_amount decimal(38, 4), granted_amount decimal(38, 4),"
    " granted_on date, expires_on date, description varchar, ledger_position bigint"
)
LOTS = (
    "credit_id varchar, account_id varchar, payer_account_id varchar, currency varchar,"
    " granted_amount decimal(38, 4), granted_on date, expires_on date, description varchar,"
    " drawn_before decimal(38, 4), draw_order bigint"
)


@settings(max_examples=40, deadline=None)
@given(
    totals=st.lists(st.integers(-500, 2000), min_size=1, max_size=5),
    lots=st.lists(st.tuples(st.integers(1, 2000), st.integers(0, 2000)), min_size=1, max_size=5),
    shuffle=SHUFFLES,
)
def test_documents_draw_on_lots_in_order_until_either_is_used_up(
    queries: Mapping[str, str],
    totals: Sequence[int],
    lots: Sequence[tuple[int, int]],
    shuffle: Any,
) -> None:
    documents = [
        (f"d{place}", "a", "EUR", euros(total), place) for place, total in enumerate(totals)
    ]
    before = [min(granted, drawn) for granted, drawn in lots]
    lot_rows = [
        (f"l{n}", "a", "a", "EUR", euros(lot[0]), DAY, None, None, euros(before[n]), n + 1)
        for n, lot in enumerate(lots)
    ]
    issued = [
        ("old", f"l{n}", None, "a", "EUR", euros(drawn), euros(lots[n][0]), DAY, None, None, n)
        for n, drawn in enumerate(before)
        if drawn
    ]

    def drawn(document_rows: Sequence[Any], lots_landed: Sequence[Any]) -> list[Any]:
        return rows_of(
            queries[DRAWN],
            {
                "intermediate.int_documents_drafted": (
                    "invoice_id varchar, payer_account_id varchar, currency varchar,"
                    " total_amount decimal(38, 4), place_in_run bigint",
                    document_rows,
                ),
                "intermediate.int_prepaid_lots": (LOTS, lots_landed),
                "intermediate.int_drawdowns_given_back": (
                    "invoice_id varchar, credit_id varchar, drawn_by_invoice_id varchar,"
                    " document_place bigint, drawn_position bigint,"
                    " given_back_amount decimal(38, 4)",
                    [],
                ),
                "ledger.drawdowns": (DRAWDOWNS, issued),
            },
        )

    rows = drawn(documents, lot_rows)
    found = {(row[0], row[1]): cents(row[5]) for row in rows}
    expected: dict[tuple[str, str], int] = {}
    left = [granted - drawn for (granted, _), drawn in zip(lots, before, strict=True)]
    for place, total in enumerate(totals):
        asked = max(total, 0)
        for number, there in enumerate(left):
            paid = min(asked, there)
            if paid:
                expected[f"d{place}", f"l{number}"] = paid
            asked -= paid
            left[number] -= paid
    assert found == expected
    assert all(row[-1] >= 0 for row in rows)
    again = drawn(
        shuffle.sample(documents, len(documents)), shuffle.sample(lot_rows, len(lot_rows))
    )
    assert sorted(again, key=str) == sorted(rows, key=str)


@settings(max_examples=40, deadline=None)
@given(
    drawn=st.lists(st.lists(st.integers(1, 1000), min_size=1, max_size=3), min_size=1, max_size=4),
    notes=st.lists(
        st.tuples(st.integers(1, 2000), st.sets(st.integers(0, 3), min_size=1)),
        min_size=1,
        max_size=4,
    ),
    shuffle=SHUFFLES,
)
def test_credit_notes_give_back_all_that_they_can_and_no_more(
    queries: Mapping[str, str],
    drawn: Sequence[Sequence[int]],
    notes: Sequence[tuple[int, set[int]]],
    shuffle: Any,
) -> None:
    # Documents are ranked from the latest on; each drew on lots of its own.
    last = len(drawn) - 1
    links = {
        (number, min(document, last))
        for number, (_, among) in enumerate(notes)
        for document in among
    }
    corrected = [
        ("a", f"n{n}", n, f"line{n}", 1, euros(notes[n][0]), f"d{d}", euros(sum(drawn[d])), d + 1)
        for n, d in sorted(links)
    ]
    positions = [(d, lot) for d in reversed(range(len(drawn))) for lot in range(len(drawn[d]))]
    issued = [
        (f"d{d}", f"l{d}-{lot}", None, "a", "EUR", euros(drawn[d][lot]), 0, DAY, None, None, place)
        for place, (d, lot) in enumerate(positions)
    ]

    def returned(rows: Sequence[Any]) -> list[Any]:
        return rows_of(
            queries[GIVEN_BACK],
            {
                "intermediate.int_drawn_documents_corrected": (
                    "payer_account_id varchar, invoice_id varchar, place_in_run bigint,"
                    " line_id varchar, line_number bigint, taken_back_amount decimal(38, 4),"
                    " drawn_by_invoice_id varchar, drawn_amount decimal(38, 4),"
                    " document_rank bigint",
                    rows,
                ),
                "ledger.drawdowns": (DRAWDOWNS, issued),
            },
        )

    rows = returned(corrected)
    of_note: dict[str, int] = defaultdict(int)
    of_document: dict[str, int] = defaultdict(int)
    of_lot: dict[str, int] = defaultdict(int)
    for note, document, lot, *_, amount in rows:
        assert amount > 0
        of_note[note] += cents(amount)
        of_document[document] += cents(amount)
        of_lot[lot] += cents(amount)
    for number, document in links:
        taken_back, drew = notes[number][0], sum(drawn[document])
        assert of_note[f"n{number}"] <= taken_back
        assert of_document[f"d{document}"] <= drew
        # What one of them has left, the other has not.
        assert of_note[f"n{number}"] == taken_back or of_document[f"d{document}"] == drew
    for document, lots in enumerate(drawn):
        left = of_document[f"d{document}"]
        for lot in reversed(range(len(lots))):
            assert of_lot[f"l{document}-{lot}"] == min(left, lots[lot])
            left -= min(left, lots[lot])
    again = returned(shuffle.sample(corrected, len(corrected)))
    assert sorted(again, key=str) == sorted(rows, key=str)
