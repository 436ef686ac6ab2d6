"""Tokens of 8,819 requests to a language model, under three price models.

Sums and the first amount are published with the data (data/README.md); the
other two follow from the sums by hand. Each price model is an account of its
own with the same requests.
"""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.control_totals.world import World, exact, seller, tax_rate

REQUESTS = str(Path(__file__).parent / "data" / "azure_requests.csv.gz")

INPUT, OUTPUT, COUNT = Decimal(18059974), Decimal(245896), Decimal(8819)
TIERS = (
    {"from_units": "0", "to_units": "10000000", "unit_price": "0.000003"},
    {"from_units": "10000000", "to_units": "", "unit_price": "0.000002"},
)


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("tokens"))
    world.land("billing_entities", seller("USD", "US"))
    world.land("tax_rates", tax_rate("US", "0"))
    world.land(
        "meters",
        {"meter_id": "input", "name": "Input", "aggregation": "sum", "property": "tokens"},
        {"meter_id": "output", "name": "Output", "aggregation": "sum", "property": "tokens"},
        {"meter_id": "requests", "name": "Requests", "aggregation": "count", "property": ""},
    )
    models = ("per_unit", "graduated", "volume")
    world.land("plans", *({"plan_id": model, "name": model} for model in models))
    for model in models:
        world.land(
            "charges",
            *(
                {
                    "charge_id": f"{model}-{meter}",
                    "plan_id": model,
                    "name": meter,
                    "kind": "usage",
                    "model": model if meter == "input" else "per_unit",
                    "meter_id": meter,
                    "timing": "arrears",
                }
                for meter in ("input", "output", "requests")
            ),
        )
        for meter, price in (("output", "0.000015"), ("requests", "0")):
            charge = {"charge_id": f"{model}-{meter}", "currency": "USD"}
            world.land("prices", {**charge, "unit_price": price})
        account = {"account_id": model, "name": model, "entity_id": "seller"}
        world.land(
            "accounts",
            {**account, "country_code": "US", "currency": "USD", "billing_anchor": "2023-11-01"},
        )
        subscription = {"subscription_id": model, "account_id": model, "plan_id": model}
        world.land("subscriptions", {**subscription, "starts_on": "2023-11-01"})
        world.land_query(
            "usage_events",
            """
            with
            requests as (
                select row_number() over (order by "TIMESTAMP") as request, *
                from read_csv($requests, all_varchar = true)
            ),
            events as (
                unpivot (
                    select
                        request,
                        "TIMESTAMP" as occurred_at,
                        "ContextTokens" as input,
                        "GeneratedTokens" as output,
                        '1' as requests,
                    from requests
                )
                on input, output, requests into name meter_id value tokens
            )
            select
                concat_ws('-', $model, request, meter_id) as event_id,
                $model as subscription_id,
                meter_id,
                occurred_at,
                '{"tokens":' || tokens || '}' as properties,
            from events
            """,
            requests=REQUESTS,
            model=model,
        )
    per_unit = {"charge_id": "per_unit-input", "currency": "USD", "unit_price": "0.000003"}
    world.land("prices", per_unit)
    for model in ("graduated", "volume"):
        charge = {"charge_id": f"{model}-input", "currency": "USD"}
        world.land("prices", *({**charge, **tier} for tier in TIERS))
    world.close("2023-12-01")
    return world


@pytest.mark.parametrize(
    ("model", "input_amount"),
    [
        ("per_unit", Decimal("54.179922")),
        # 10,000,000 at 3 a million and 8,059,974 at 2 a million.
        ("graduated", Decimal("46.119948")),
        # All 18,059,974 at 2 a million.
        ("volume", Decimal("36.119948")),
    ],
)
def test_tokens_are_summed_and_priced_exactly(
    tokens: World, model: str, input_amount: Decimal
) -> None:
    rated = tokens.warehouse(
        """
        select charge_id, sum(quantity), sum(exact_amount)
        from intermediate.int_items_rated
        group by charge_id
        """
    )
    assert {
        charge: values for charge, values in exact(rated).items() if charge.startswith(model)
    } == {
        f"{model}-input": (INPUT, input_amount),
        f"{model}-output": (OUTPUT, Decimal("3.688440")),
        f"{model}-requests": (COUNT, Decimal(0)),
    }


def test_the_published_example_is_57_868362_before_rounding(tokens: World) -> None:
    amounts = tokens.warehouse(
        """
        select sum(exact_amount), sum(net_amount)
        from intermediate.int_items_rated
        where account_id = 'per_unit'
        """
    )
    assert amounts == [(Decimal("57.868362"), Decimal("57.87"))]
