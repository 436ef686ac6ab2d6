{# Grain: one row per subscription, meter, usage_date, dimensions. #}
{{ config(materialized='view') }}

with

sums as (
    select * from {{ ref('int_usage_sums') }}
),

days_amended as (
    select * from {{ ref('int_usage_days_amended') }}
),

sums_amended as (
    select * from {{ ref('int_usage_sums_amended') }}
),

dates as (
    select * from {{ ref('int_usage_dates') }}
),

meters as (
    select * from {{ ref('int_meter_dimensions') }}
),

starts as (
    select * from {{ ref('int_usage_starts') }}
),

{# From the first day that is not settled on. #}
dated as (
    select
        sums.subscription_id,
        sums.meter_id,
        dates.usage_date,
        sums.dimensions,
        sums.quantity,
        sums.greatest_quantity,
        sums.amount,
        sums.event_count,
        sums.first_event_at,
        sums.last_event_at,
        sums.landing_id
    from sums
    inner join starts on sums.subscription_id = starts.subscription_id
    inner join dates
        on sums.day_key = dates.day_key and starts.timezone = dates.timezone
    where dates.usage_date >= starts.usage_from and sums.event_count > 0
),

dated_again as (
    select
        sums_amended.subscription_id,
        sums_amended.meter_id,
        dates.usage_date,
        sums_amended.dimensions,
        sums_amended.quantity,
        sums_amended.greatest_quantity,
        sums_amended.amount,
        sums_amended.event_count,
        sums_amended.first_event_at,
        sums_amended.last_event_at,
        cast(null as bigint) as landing_id
    from sums_amended
    inner join starts on sums_amended.subscription_id = starts.subscription_id
    inner join dates
        on
            sums_amended.day_key = dates.day_key
            and starts.timezone = dates.timezone
    where sums_amended.event_count > 0
),

standing as (
    select dated.*
    from dated
    left join days_amended
        on
            dated.subscription_id = days_amended.subscription_id
            and dated.meter_id = days_amended.meter_id
            and dated.usage_date = days_amended.usage_date
    where days_amended.subscription_id is null

    union all

    select * from dated_again
),

{#
    An event belongs to the local date of the seller on which it occurred. A
    count reads 1 of each event; meters that do not add up show how many
    readings there were; what a custom meter counts, its model says.
#}
read as (
    select
        standing.subscription_id,
        standing.meter_id,
        standing.usage_date,
        standing.dimensions,
        standing.amount,
        standing.event_count,
        standing.first_event_at,
        standing.last_event_at,
        standing.landing_id,
        case meters.aggregation
            when 'sum' then standing.quantity
            when 'custom' then 0
            else standing.event_count
        end as quantity,
        case
            when meters.aggregation = 'sum' then standing.greatest_quantity
        end as greatest_quantity
    from standing
    inner join meters on standing.meter_id = meters.meter_id
),

daily as (
    select
        subscription_id,
        meter_id,
        usage_date,
        dimensions,
        cast(sum(quantity) as decimal(38, 12)) as quantity,
        cast(max(greatest_quantity) as decimal(38, 12)) as greatest_quantity,
        cast(sum(amount) as decimal(38, 12)) as amount,
        cast(sum(event_count) as bigint) as event_count,
        min(first_event_at) as first_event_at,
        max(last_event_at) as last_event_at,
        coalesce(min(landing_id) < max(landing_id), false)
            as has_several_landings
    from read
    group by subscription_id, meter_id, usage_date, dimensions
)

select * from daily
