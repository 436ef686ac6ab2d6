{# Grain: one row per subscription_id, meter_id, usage window. #}

with

events as (
    select * from {{ ref('stg_usage_events') }}
),

meters as (
    select * from {{ ref('stg_meters') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

spans as (
    select * from {{ ref('int_usage_spans') }}
),

{# Active time of the windows that bill the meter, once for all charges. #}
measured_spans as (
    select
        spans.subscription_id,
        charges.meter_id,
        subscriptions.timezone,
        spans.service_start,
        spans.span_start,
        spans.span_end
    from spans
    inner join charges on spans.charge_id = charges.charge_id
    inner join meters on charges.meter_id = meters.meter_id
    inner join subscriptions
        on spans.subscription_id = subscriptions.subscription_id
    where
        meters.aggregation = 'custom' and meters.property = 'peak_demand'
    group by all
),

{#
    The mean power of half an hour is twice its energy: kWh to kW. The events
    are those of the meter `energy`, which bills them as well.
#}
half_hours as (
    select
        measured_spans.subscription_id,
        measured_spans.meter_id,
        measured_spans.service_start,
        {{ local_date(
            'events.occurred_at', 'events.is_local_date',
            'measured_spans.timezone'
        ) }} as usage_date,
        epoch_us(events.occurred_at) // 1800000000 as half_hour,
        cast(2 * sum(events.quantity) as decimal(38, 12)) as demand,
        count(*) as event_count
    from measured_spans
    inner join events
        on
            measured_spans.subscription_id = events.subscription_id
            and events.meter_id = 'energy'
            and {{ local_date(
                'events.occurred_at', 'events.is_local_date',
                'measured_spans.timezone'
            ) }} >= measured_spans.span_start
            and {{ local_date(
                'events.occurred_at', 'events.is_local_date',
                'measured_spans.timezone'
            ) }} < measured_spans.span_end
    group by all
),

{# A window is billed at its highest half hour, on the day of the first one. #}
ranked as (
    select
        *,
        row_number() over (
            partition by subscription_id, meter_id, service_start
            order by demand desc, half_hour asc
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
