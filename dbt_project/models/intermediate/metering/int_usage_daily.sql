{# Grain: one row per subscription, meter, usage_date, dimensions. #}

with

sums as (
    select * from {{ ref('int_usage_sums') }}
),

quarters as (
    select * from {{ ref('int_usage_quarters') }}
),

meters as (
    select * from {{ ref('int_meter_dimensions') }}
),

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

day_keys as (
    select day_key
    from quarters
    group by day_key
),

zones as (
    select timezone
    from subscriptions
    group by timezone
),

local_dates as (
    select
        day_keys.day_key,
        zones.timezone,
        {{ date_in_zone(
            quarter_hour_start('day_keys.day_key'), 'zones.timezone'
        ) }} as local_date
    from day_keys
    cross join zones
),

{#
    An event belongs to the local date of the seller on which it occurred. A
    count reads 1 of each event; meters that do not add up show how many
    readings there were; what a custom meter counts, its model says.
#}
dated as (
    select
        sums.subscription_id,
        sums.meter_id,
        sums.dimensions,
        sums.amount,
        sums.event_count,
        sums.first_event_at,
        sums.last_event_at,
        case
            when sums.day_key < 0
                then {{ date_in_zone(
                    quarter_hour_start('-sums.day_key'), "'UTC'"
                ) }}
            else local_dates.local_date
        end as usage_date,
        case meters.aggregation
            when 'sum' then sums.quantity
            when 'custom' then 0
            else sums.event_count
        end as quantity
    from sums
    inner join meters on sums.meter_id = meters.meter_id
    inner join subscriptions
        on sums.subscription_id = subscriptions.subscription_id
    left join local_dates
        on
            sums.day_key = local_dates.day_key
            and subscriptions.timezone = local_dates.timezone
),

daily as (
    select
        subscription_id,
        meter_id,
        usage_date,
        dimensions,
        cast(sum(quantity) as decimal(38, 12)) as quantity,
        cast(sum(amount) as decimal(38, 12)) as amount,
        cast(sum(event_count) as bigint) as event_count,
        min(first_event_at) as first_event_at,
        max(last_event_at) as last_event_at
    from dated
    group by subscription_id, meter_id, usage_date, dimensions
)

select * from daily
