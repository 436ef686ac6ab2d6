"""Requests to a language model with their tokens, as rows that land.

Each of three price models is an account of its own with the same requests.
"""

from pathlib import Path

from tests.control_totals.world import World, seller, tax_rate

REQUESTS = str(Path(__file__).parent / "data" / "azure_requests.csv.gz")
TIERS = (
    {"from_units": "0", "to_units": "10000000", "unit_price": "0.000003"},
    {"from_units": "10000000", "to_units": "", "unit_price": "0.000002"},
)


def land(world: World) -> None:
    """Leaves every table of the data set."""
    world.land("billing_entities", seller("azure", "USD", "US"))
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
        account = {"account_id": model, "name": model, "entity_id": "azure"}
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
