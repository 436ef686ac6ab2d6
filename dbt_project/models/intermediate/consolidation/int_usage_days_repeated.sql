{# Grain: one row per subscription_id, meter_id, usage_date. #}

with

days_checked as (
    select * from {{ ref('int_usage_days_checked') }}
),

sums as (
    select * from {{ ref('int_usage_sums') }}
),

starts as (
    select * from {{ ref('int_usage_starts') }}
),

dates as (
    select * from {{ ref('int_usage_dates') }}
),

days_landed_apart as (
    select
        subscription_id,
        meter_id,
        usage_date
    from days_checked
    where has_several_landings
    group by subscription_id, meter_id, usage_date
),

landed as (
    select
        days_landed_apart.subscription_id,
        days_landed_apart.meter_id,
        days_landed_apart.usage_date,
        sums.landing_id,
        sum(sums.quantity) as quantity,
        sum(sums.event_count) as event_count,
        min(sums.first_event_at) as first_event_at,
        max(sums.last_event_at) as last_event_at
    from sums
    inner join starts on sums.subscription_id = starts.subscription_id
    inner join dates
        on
            sums.day_key = dates.day_key
            and starts.timezone = dates.timezone
    inner join days_landed_apart
        on
            sums.subscription_id = days_landed_apart.subscription_id
            and sums.meter_id = days_landed_apart.meter_id
            and dates.usage_date = days_landed_apart.usage_date
    where sums.event_count > 0
    group by
        days_landed_apart.subscription_id,
        days_landed_apart.meter_id,
        days_landed_apart.usage_date,
        sums.landing_id
),

{#
    The same number of events, the same sum, the same first and last instant
    in two files: it landed twice, under other keys.
#}
landed_again as (
    select
        subscription_id,
        meter_id,
        usage_date,
        event_count
    from landed
    group by
        subscription_id,
        meter_id,
        usage_date,
        quantity,
        event_count,
        first_event_at,
        last_event_at
    having count(*) > 1
),

repeated as (
    select
        subscription_id,
        meter_id,
        usage_date,
        cast(sum(event_count) as bigint) as repeated_count
    from landed_again
    group by subscription_id, meter_id, usage_date
)

select * from repeated
