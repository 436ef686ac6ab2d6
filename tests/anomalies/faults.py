"""Real usage, and copies of it into which known faults are put, as rows that land.

Smart meters: 50 London households, half an hour a reading, through 2013. Tokens: an hour of
requests to a language model, dealt by MD5 to ten customers and sixty days, so that a customer has
some fifteen a day. Bursts: the same by turns among ten customers and stretched 1,440 times, so that
a minute of the trace is a day and some days have none. Sources and licences:
tests/control_totals/data/README.md.

The faults are drawn by MD5 of a seed, so they are the same on every machine.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from tests.control_totals.world import World, seller, tax_rate

DATA = Path(__file__).parents[1] / "control_totals" / "data"
METERS = ("energy", "input", "output")
FAULTY_TOKEN_COPIES = 5

_METERED = """
    create table clean as
    select
        household_id || '-' || copy as subscription_id,
        copy,
        'energy' as meter_id,
        ts_utc as occurred_at,
        cast(kwh as decimal(24, 12)) as quantity,
    from read_parquet($readings)
    cross join (values ('clean'), ('faulty')) as copies (copy)
"""

_TOKENS = """
    with
    requests as (
        select
            row_number() over (order by "TIMESTAMP") as request,
            epoch_us("TIMESTAMP"::timestamp - min("TIMESTAMP"::timestamp) over ()) as passed_us,
            "ContextTokens"::int as input,
            "GeneratedTokens"::int as output,
        from read_csv($requests)
    ),
    shared as (
        select
            'tokens-' || md5_number_lower('customer' || request) % 10 as customer,
            timestamp '2013-11-01' + to_days(cast(md5_number_lower('day' || request) % 60 as int))
            + to_microseconds(passed_us * 24) as occurred_at,
            input,
            output,
        from requests
        union all
        select
            'bursts-' || request % 10,
            timestamp '2013-11-01' + to_microseconds(passed_us * 1440),
            input,
            output,
        from requests
    ),
    usage as (
        unpivot shared on input, output into name meter_id value quantity
    )
    insert into clean by name
    select
        customer || case when copy = 0 then '-clean' else '-' || copy end as subscription_id,
        case when copy = 0 then 'clean' else 'faulty' end as copy,
        meter_id,
        occurred_at,
        quantity,
    from usage
    cross join range($copies + 1) as copies (copy)
"""

# Of the months of each faulty series one in six gets each of three faults on a day of its own. Of
# the last two months of a household, which have a history, one in six is in watt-hours, and one in
# six silent.
_FAULTS = """
    create table faults as
    with
    months as (
        select
            subscription_id,
            meter_id,
            date_trunc('month', occurred_at) as month,
            md5_number_lower($seed || subscription_id || meter_id || month) % 6 as drawn,
        from clean
        where copy = 'faulty'
        group by all
    ),
    drawn as (
        select
            * exclude (drawn),
            case
                when drawn = 0 then 'reading_high'
                when drawn = 1 then 'days_missing'
                when drawn = 2 then 'days_doubled'
                when drawn = 3 and meter_id = 'energy' and month >= '2013-11-01' then 'usage_high'
                when drawn = 4 and meter_id = 'energy' and month >= '2013-11-01' then 'usage_low'
            end as kind,
        from months
    ),
    placed as (
        select
            drawn.subscription_id,
            drawn.meter_id,
            drawn.month,
            drawn.kind,
            arg_min(
                clean.occurred_at,
                md5($seed || clean.subscription_id || clean.meter_id || clean.occurred_at)
            ) as faulty_at,
        from drawn
        inner join clean
            on drawn.subscription_id = clean.subscription_id
            and drawn.meter_id = clean.meter_id
            and drawn.month = date_trunc('month', clean.occurred_at)
        where drawn.kind is not null and clean.quantity > 0
        group by all
    )
    select *, cast(faulty_at as date) as faulty_on from placed
"""

_EVENTS = """
    create table events as
    select
        concat_ws('-', clean.subscription_id, clean.meter_id, clean.occurred_at) as event_id,
        clean.subscription_id,
        clean.meter_id,
        clean.occurred_at,
        case
            when faults.kind = 'reading_high' and faults.faulty_at = clean.occurred_at
                then clean.quantity * 1000
            when faults.kind = 'usage_high' then clean.quantity * 1000
            else clean.quantity
        end as quantity,
        coalesce(
            faults.kind = 'days_doubled' and faults.faulty_on = cast(clean.occurred_at as date),
            false
        ) as is_doubled,
    from clean
    left join faults
        on clean.subscription_id = faults.subscription_id
        and clean.meter_id = faults.meter_id
        and date_trunc('month', clean.occurred_at) = faults.month
    where
        faults.kind is distinct from 'usage_low'
        and not coalesce(
            faults.kind = 'days_missing' and faults.faulty_on = cast(clean.occurred_at as date),
            false
        )
"""


@dataclass(frozen=True)
class Fault:
    """What was put where: the kind under which it should be flagged, and its day.

    `data_set` is `MAC` (the meters), `tokens` or `bursts`. A fault of a whole month is dated with a
    day of it.
    """

    data_set: str
    subscription_id: str
    meter_id: str
    kind: str
    on: date


def land(world: World, seed: str) -> list[Fault]:
    """Leaves the clean and the faulty copies of both data sets; what is wrong with the latter."""
    with duckdb.connect() as con:
        con.execute(_METERED, {"readings": str(DATA / "london_readings.parquet")})
        con.execute(
            _TOKENS,
            {"requests": str(DATA / "azure_requests.csv.gz"), "copies": FAULTY_TOKEN_COPIES},
        )
        con.execute(_FAULTS, {"seed": seed})
        con.execute(_EVENTS)
        world.land_relation(
            con,
            "accounts",
            """
            select
                subscription_id as account_id,
                subscription_id as name,
                'seller' as entity_id,
                'GB' as country_code,
                date '2013-01-01' as billing_anchor,
            from clean
            group by all
            """,
        )
        world.land_relation(
            con,
            "subscriptions",
            """
            select
                subscription_id,
                subscription_id as account_id,
                case when min(meter_id) = 'energy' then 'energy' else 'tokens' end as plan_id,
                cast(min(occurred_at) as date) as starts_on,
                cast(max(occurred_at) as date) + 1 as ends_on,
            from clean
            group by subscription_id
            """,
        )
        world.land_relation(con, "usage_events", "select * exclude (is_doubled) from events")
        world.land_relation(
            con,
            "usage_events",
            """
            select event_id || '-again' as event_id, * exclude (event_id, is_doubled)
            from events
            where is_doubled
            """,
        )
        faults = con.execute(
            "select regexp_extract(subscription_id, '^[A-Za-z]+'), subscription_id, meter_id, kind,"
            " faulty_on from faults order by all"
        ).fetchall()
    _land_catalogue(world)
    return [Fault(*row) for row in faults]


def _land_catalogue(world: World) -> None:
    world.land("billing_entities", seller("seller", "GBP", "GB"))
    world.land("tax_rates", tax_rate("GB", "5"))
    world.land("plans", *({"plan_id": plan, "name": plan} for plan in ("energy", "tokens")))
    world.land("meters", *({"meter_id": m, "name": m, "aggregation": "sum"} for m in METERS))
    world.land(
        "charges",
        *(
            {
                "charge_id": meter,
                "plan_id": "energy" if meter == "energy" else "tokens",
                "name": meter,
                "kind": "usage",
                "model": "per_unit",
                "meter_id": meter,
                "timing": "arrears",
            }
            for meter in METERS
        ),
    )
    world.land(
        "prices",
        *({"charge_id": m, "currency": "GBP", "unit_price": "0.01"} for m in METERS),
    )
