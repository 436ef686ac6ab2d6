{# Grain: one row per subscription_id, meter_id, local month. #}

with

events as (
    select * from {{ ref('stg_usage_events') }}
),

meters as (
    select * from {{ ref('stg_meters') }}
),

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

{# The mean of a quarter of an hour is four times its energy: kWh to kW. #}
quarter_hours as (
    select
        events.subscription_id,
        events.meter_id,
        {{ local_date(
            'events.occurred_at', 'events.is_local_date',
            'subscriptions.timezone'
        ) }} as usage_date,
        epoch_us(events.occurred_at) // 900000000 as quarter_hour,
        cast(4 * sum(events.quantity) as decimal(38, 12)) as demand
    from events
    inner join meters on events.meter_id = meters.meter_id
    inner join subscriptions
        on events.subscription_id = subscriptions.subscription_id
    where
        meters.aggregation = 'custom' and meters.property = 'peak_demand'
    group by all
),

{# A month is billed at its highest quarter, on the day of the first one. #}
peaks as (
    select
        subscription_id,
        meter_id,
        arg_min(
            usage_date, struct_pack(d := -demand, q := quarter_hour)
        ) as usage_date,
        max(demand) as quantity,
        count(*) as event_count
    from quarter_hours
    group by subscription_id, meter_id, date_trunc('month', usage_date)
)

select * from peaks
