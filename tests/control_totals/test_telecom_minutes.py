"""Minutes of 3,333 telecom subscribers in four bands, billed to 51 states.

Totals published with the data (data/README.md): every charge is rounded per
subscriber and band, so the sums are of rounded amounts.
"""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.control_totals.world import World, exact, seller, tax_rate

SUBSCRIBERS = str(Path(__file__).parent / "data" / "telecom_subscribers.csv.gz")

RATES = {"day": "0.17", "eve": "0.085", "night": "0.045", "intl": "0.27"}
# Minutes, the sum of rounded charges, the unrounded amount.
PUBLISHED = {
    "day": (Decimal("599190.4"), Decimal("101864.17"), Decimal("101862.368")),
    "eve": (Decimal("669867.5"), Decimal("56939.44"), Decimal("56938.7375")),
    "night": (Decimal("669506.5"), Decimal("30128.41"), Decimal("30127.7925")),
    "intl": (Decimal("34120.9"), Decimal("9214.35"), Decimal("9212.643")),
}
# Subscribers without a minute in the band have no line.
SILENT = {"day": 2, "eve": 1, "night": 0, "intl": 18}


@pytest.fixture(scope="module")
def telecom(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("telecom"))
    world.land("billing_entities", seller("USD", "US"))
    world.land("tax_rates", tax_rate("US", "0"))
    world.land("meters", {"meter_id": "minutes", "name": "Minutes", "aggregation": "sum"})
    world.land("plans", {"plan_id": "calls", "name": "Calls"})
    world.land(
        "charges",
        *(
            {
                "charge_id": band,
                "plan_id": "calls",
                "name": band,
                "kind": "usage",
                "model": "per_unit",
                "meter_id": "minutes",
                "timing": "arrears",
                "filters": f'{{"band": "{band}"}}',
            }
            for band in RATES
        ),
    )
    world.land(
        "prices",
        *(
            {"charge_id": band, "currency": "USD", "unit_price": rate}
            for band, rate in RATES.items()
        ),
    )
    world.land_query(
        "accounts",
        """
        with
        states as (select distinct state from read_csv($subscribers, all_varchar = true))
        select
            state as account_id,
            state as name,
            null as payer_account_id,
            'seller' as entity_id,
            'US' as country_code,
            'USD' as currency,
            date '2024-01-01' as billing_anchor,
        from states
        union all
        select
            subscriber_id, subscriber_id, state, 'seller', 'US', 'USD', date '2024-01-01',
        from read_csv($subscribers, all_varchar = true)
        """,
        subscribers=SUBSCRIBERS,
    )
    world.land_query(
        "subscriptions",
        """
        select
            subscriber_id as subscription_id,
            subscriber_id as account_id,
            'calls' as plan_id,
            date '2024-01-01' as starts_on,
        from read_csv($subscribers, all_varchar = true)
        """,
        subscribers=SUBSCRIBERS,
    )
    world.land_query(
        "usage_events",
        """
        with
        bands as (
            unpivot (
                select
                    subscriber_id,
                    total_day_minutes as day,
                    total_eve_minutes as eve,
                    total_night_minutes as night,
                    total_intl_minutes as intl,
                from read_csv($subscribers, all_varchar = true)
            )
            on day, eve, night, intl into name band value minutes
        )
        select
            subscriber_id || '-' || band as event_id,
            subscriber_id as subscription_id,
            'minutes' as meter_id,
            date '2024-01-15' as occurred_at,
            minutes as quantity,
            '{"band":"' || band || '"}' as properties,
        from bands
        """,
        subscribers=SUBSCRIBERS,
    )
    world.close("2024-02-01")
    return world


def test_each_band_rates_and_rounds_to_the_published_totals(telecom: World) -> None:
    rated = telecom.warehouse(
        """
        select charge_id, sum(quantity), sum(net_amount), sum(exact_amount)
        from intermediate.int_items_rated
        group by charge_id
        """
    )
    assert exact(rated) == PUBLISHED


def test_each_subscriber_has_a_line_for_each_band_it_used(telecom: World) -> None:
    lines = telecom.marts("select charge_id, count(*) from marts.invoice_lines group by charge_id")
    assert exact(lines) == {band: (3333 - silent,) for band, silent in SILENT.items()}


def test_each_state_receives_one_invoice_and_together_they_bill_everything(telecom: World) -> None:
    invoices = telecom.marts(
        """
        select count(*), count(distinct account_id), sum(net_amount), sum(total_amount)
        from marts.invoices
        """
    )
    assert invoices == [(51, 51, Decimal("198146.37"), Decimal("198146.37"))]
