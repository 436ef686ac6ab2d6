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

{#
    The mean power of half an hour is twice its energy: kWh to kW. The events
    are those of the meter `energy`; they are billed there as well.
#}
half_hours as (
    select
        events.subscription_id,
        meters.meter_id,
        {{ local_date(
            'events.occurred_at', 'events.is_local_date',
            'subscriptions.timezone'
        ) }} as usage_date,
        epoch_us(events.occurred_at) // 1800000000 as half_hour,
        cast(2 * sum(events.quantity) as decimal(38, 12)) as demand,
        count(*) as event_count
    from meters
    inner join events on events.meter_id = 'energy'
    inner join subscriptions
        on events.subscription_id = subscriptions.subscription_id
    where
        meters.aggregation = 'custom' and meters.property = 'peak_demand'
    group by all
),

{# A month is billed at its highest half hour, on the day of the first one. #}
ranked as (
    select
        *,
        row_number() over (
            partition by
                subscription_id, meter_id, date_trunc('month', usage_date)
            order by demand desc, half_hour
        ) as demand_rank
    from half_hours
),

peaks as (
    select
        subscription_id,
        meter_id,
        usage_date,
        demand as quantity,
        event_count
    from ranked
    where demand_rank = 1
)

select * from peaks
