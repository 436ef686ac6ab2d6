"""Makes the demo's files that come from published data sets.

    python seeds/demo/build_demo.py tests/control_totals/data

The folder holds the four data sets. The files written by hand (catalogue,
accounts, most subscriptions, the faulty rows) are read, never written. Same
data sets, same bytes. Nothing needs this at run time.
"""

import sys
from pathlib import Path

import duckdb

HERE = Path(__file__).parent

# How many seat subscriptions are taken and how large, and who gets none: the
# calendar of C-1020 starts with its mobile line, C-1023 ends with a credit
# note, C-1027 is billed in dollars for what it has, C-1028 changes its payer,
# C-1110 only passes bills on and C-1442 is held.
SEAT_SUBSCRIPTIONS = 60
LARGEST_SEATS = 25
WITHOUT_SEATS = ("C-1020", "C-1023", "C-1027", "C-1028", "C-1110", "C-1442")

# Usage that its meters sent in weeks after the month was billed.
LATE_HOUSEHOLDS = ("MAC000024", "MAC000064")
LATE_LINE = "MOB-0004"

# Meter readings, exactly ten calendar years later. A household that changed
# hands has one subscription per holder; a reading belongs to the one active on
# its local date.
ELECTRICITY = """
create table electricity as
with
redated as (
    select
        readings.household_id,
        readings.kwh,
        readings.ts_utc + interval 10 year as read_at,
        case when households.tariff_group = 'ToU'
            then lower(bands.band) end as band,
    from read_parquet($readings) as readings
    inner join read_csv($households) as households
        on readings.household_id = households.household_id
    inner join read_csv($bands) as bands
        on readings.ts_utc = bands.ts_utc
    where readings.ts_utc >= timestamp '2013-10-01'
),
located as (
    select
        *,
        cast(
            read_at at time zone 'UTC' at time zone 'Europe/Paris' as date
        ) as local_date,
    from redated
)
select
    located.household_id || '-' || strftime(read_at, '%Y%m%dT%H%M')
        as event_id,
    subscriptions.subscription_id,
    'energy' as meter_id,
    read_at at time zone 'UTC' as occurred_at,
    located.kwh as quantity,
    case when band is not null
        then '{"band":"' || band || '"}' end as properties,
    strftime(read_at, '%Y-%m') as month,
    located.household_id in $late_households
        and read_at >= timestamp '2023-10-20'
        and read_at < timestamp '2023-10-23' as is_late,
from located
inner join read_csv($electricity, all_varchar = true) as subscriptions
    on
        subscriptions.subscription_id[5:13] = located.household_id
        and located.local_date >= cast(subscriptions.starts_on as date)
        and (
            subscriptions.ends_on is null
            or located.local_date < cast(subscriptions.ends_on as date)
        )
"""

# Line k of N takes the minutes of subscriber k in October, k + N in November
# and k + 2N in December, one event per band, while it is active.
MOBILE = """
create table mobile as
with
lines as (
    select
        *,
        row_number() over (order by subscription_id) as line_number,
        count(*) over () as line_count,
    from read_csv($mobile, all_varchar = true)
),
months as (
    select * from (
        values (0, '2023-10'), (1, '2023-11'), (2, '2023-12')
    ) as months (position, month)
),
minutes as (
    unpivot read_csv($subscribers, all_varchar = true)
    on total_day_minutes, total_eve_minutes, total_night_minutes,
        total_intl_minutes
    into name column_name value minutes
),
bands as (
    select * from (
        values
            ('total_day_minutes', 'day', '25T10:00:00Z'),
            ('total_eve_minutes', 'evening', '26T18:00:00Z'),
            ('total_night_minutes', 'night', '27T21:00:00Z'),
            ('total_intl_minutes', 'international', '28T12:00:00Z')
    ) as bands (column_name, band, moment)
)
select
    lines.subscription_id || '-' || months.month || '-' || bands.band
        as event_id,
    lines.subscription_id,
    'minutes' as meter_id,
    months.month || '-' || bands.moment as occurred_at,
    minutes.minutes as quantity,
    '{"band":"' || bands.band || '"}' as properties,
    lines.subscription_id = $late_line
        and months.month = '2023-10'
        and bands.band = 'evening' as is_late,
from lines
cross join months
inner join minutes
    on
        cast(minutes.subscriber_id as integer)
        = lines.line_number + months.position * lines.line_count
inner join bands on minutes.column_name = bands.column_name
where
    lines.starts_on <= months.month || '-' || bands.moment[:2]
    and (
        lines.ends_on is null
        or lines.ends_on > months.month || '-' || bands.moment[:2]
    )
"""

# Request j, in order of time and counted from 0, is answered in quarter hour
# j of the quarter for gateway j modulo their number. It is three events: what
# was read, what was written, the request itself.
REQUESTS = """
create table requests as
with
gateways as (
    select
        subscription_id,
        row_number() over (order by subscription_id) - 1 as position,
        count(*) over () as gateway_count,
    from read_csv($cloud, all_varchar = true)
    where plan_id = 'cloud_ai'
),
requests as (
    select
        row_number() over (order by "TIMESTAMP") - 1 as position,
        "ContextTokens" as context_tokens,
        "GeneratedTokens" as generated_tokens,
    from read_csv($requests, all_varchar = true)
),
events as (
    unpivot (
        select
            requests.position,
            gateways.subscription_id,
            requests.context_tokens as input_tokens,
            requests.generated_tokens as output_tokens,
            '' as requests,
        from requests
        inner join gateways
            on requests.position % gateways.gateway_count = gateways.position
    )
    on input_tokens, output_tokens, requests
    into name meter_id value tokens
)
select
    'LLM-' || lpad(cast(position + 1 as varchar), 5, '0') || '-' || meter_id
        as event_id,
    subscription_id,
    meter_id,
    timestamptz '2023-10-01 00:00:00+00' + position * interval 15 minute
        as occurred_at,
    cast(null as decimal(12, 7)) as quantity,
    case when tokens <> '' then '{"tokens":' || tokens || '}' end
        as properties,
from events
"""

# Invented: no published data set measures this. One event per day and zone.
TRANSFER = """
create table transfer as
with
zones as (
    select
        *,
        row_number() over (order by subscription_id) as position,
    from read_csv($cloud, all_varchar = true)
    where plan_id = 'cloud_transfer'
),
days as (
    select
        zones.*,
        unnest(
            generate_series(
                cast(zones.starts_on as date), date '2023-12-31',
                interval 1 day
            )
        ) as day,
    from zones
)
select
    subscription_id || '-' || strftime(day, '%Y%m%d') as event_id,
    subscription_id,
    'gigabytes_out' as meter_id,
    strftime(day, '%Y-%m-%d') || case
        when day < date '2023-10-29' then 'T03:15:00+02:00'
        else 'T03:15:00+01:00'
    end as occurred_at,
    cast(
        0.1 * ((dayofyear(day) * 37 + position * 101) % 240) as decimal(5, 1)
    ) as quantity,
from days
"""

# The first subscriptions by key that are small enough and active in the
# quarter, dealt in turn to the businesses that have a VAT number. What began
# before the demo's first day begins on it; a trial lasts thirty days.
SEATS = """
create table seats as
with
businesses as (
    select
        account_id,
        row_number() over (order by account_id) - 1 as position,
        count(*) over () as business_count,
    from read_csv($accounts, all_varchar = true)
    where vat_id is not null and account_id not in $without_seats
),
active as (
    select
        *,
        greatest(cast(start_date as date), date '2023-10-01') as starts_on,
        row_number() over (order by subscription_id) - 1 as position,
    from read_csv($ravenstack, all_varchar = true)
    where
        cast(seats as integer) <= $largest_seats
        and start_date <= '2023-12-15'
        and (
            end_date is null
            or (end_date > '2023-10-01' and end_date > start_date)
        )
)
select
    active.subscription_id,
    businesses.account_id,
    'suite_' || lower(active.plan_tier) as plan_id,
    active.starts_on,
    active.end_date as ends_on,
    active.seats as quantity,
    case when active.is_trial = 'TRUE'
        then active.starts_on + 30 end as trial_ends_on,
from active
inner join businesses
    on active.position % businesses.business_count = businesses.position
where active.position < $seat_subscriptions
"""

# Each file made, and its rows.
OUTPUTS = {
    "landing/usage_events/electricity_2023-10.parquet": """
        select * exclude (month, is_late)
        from electricity where month = '2023-10' and not is_late
    """,
    "landing/usage_events/electricity_2023-11.parquet": """
        select * exclude (month, is_late)
        from electricity where month = '2023-11'
    """,
    "landing/usage_events/electricity_2023-12.parquet": """
        select * exclude (month, is_late)
        from electricity where month = '2023-12'
    """,
    "late/usage_events/electricity_2023-10_late.parquet": """
        select * exclude (month, is_late) from electricity where is_late
    """,
    "landing/usage_events/mobile.csv.gz": """
        select * exclude (is_late) from mobile where not is_late
    """,
    "late/usage_events/mobile_2023-10_late.csv": """
        select * exclude (is_late) from mobile where is_late
    """,
    "landing/usage_events/requests.parquet": "from requests",
    "landing/usage_events/transfer.jsonl": "from transfer",
    "landing/subscriptions/seats.csv": "from seats",
}
FORMATS = {
    ".parquet": "format parquet, compression zstd",
    ".csv": "format csv, header true",
    ".gz": "format csv, header true, compression gzip",
    ".jsonl": "format json",
}


def _parameters(originals: Path) -> dict[str, object]:
    """What each statement's parameters stand for."""
    return {
        "readings": str(originals / "london_readings.parquet"),
        "households": str(originals / "london_households.csv.gz"),
        "bands": str(originals / "london_bands.csv.gz"),
        "subscribers": str(originals / "telecom_subscribers.csv.gz"),
        "requests": str(originals / "azure_requests.csv.gz"),
        "ravenstack": str(originals / "ravenstack_subscriptions.csv.gz"),
        "accounts": str(HERE / "landing/accounts.csv"),
        "electricity": str(HERE / "landing/subscriptions/electricity.csv"),
        "mobile": str(HERE / "landing/subscriptions/mobile.csv"),
        "cloud": str(HERE / "landing/subscriptions/cloud.csv"),
        "late_households": list(LATE_HOUSEHOLDS),
        "late_line": LATE_LINE,
        "without_seats": list(WITHOUT_SEATS),
        "largest_seats": LARGEST_SEATS,
        "seat_subscriptions": SEAT_SUBSCRIPTIONS,
    }


def build(originals: Path, demo: Path = HERE) -> None:
    """Writes every derived file of the demo from the original data sets."""
    parameters = _parameters(originals)
    connection = duckdb.connect()
    # One thread and one zone: the same bytes on every machine.
    connection.execute("set threads = 1; set timezone = 'UTC'")
    for statement in (ELECTRICITY, MOBILE, REQUESTS, TRANSFER, SEATS):
        used = {name: value for name, value in parameters.items() if f"${name}" in statement}
        connection.execute(statement, used)
    for name, rows in OUTPUTS.items():
        path = demo / name
        path.parent.mkdir(parents=True, exist_ok=True)
        connection.execute(f"copy ({rows} order by 1) to '{path}' ({FORMATS[path.suffix]})")


if __name__ == "__main__":
    match sys.argv:
        case [_, folder]:
            build(Path(folder))
        case _:
            sys.exit(__doc__)
