{# Grain: one row per subscription, meter, usage_date, dimensions. #}

with

events as (
    select * from {{ ref('stg_usage_events') }}
),

meters as (
    select * from {{ ref('int_meter_dimensions') }}
),

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

{#
    An event belongs to the local date of the seller on which it occurred. One
    without the meter's property adds nothing; meters that do not add up show
    how many readings there were. What a custom meter counts, its model says.
#}
readings as (
    select
        events.subscription_id,
        events.meter_id,
        events.occurred_at,
        {{ local_date(
            'events.occurred_at', 'events.is_local_date',
            'subscriptions.timezone'
        ) }} as usage_date,
        {{ reading_dimensions('events', 'meters') }} as dimensions,
        case
            when meters.aggregation in ('sum', 'count')
                then coalesce({{ reading_quantity('events', 'meters') }}, 0)
            when meters.aggregation = 'custom'
                then cast(0 as decimal(38, 12))
            else cast(1 as decimal(38, 12))
        end as quantity,
        case
            when meters.has_dynamic_charge
                then coalesce(
                    {{ json_number('events.properties', "'amount'") }}, 0
                )
            else cast(0 as decimal(38, 12))
        end as amount
    from events
    inner join meters on events.meter_id = meters.meter_id
    inner join subscriptions
        on events.subscription_id = subscriptions.subscription_id
    where {{ is_readable('events', 'meters') }}
),

daily as (
    select
        subscription_id,
        meter_id,
        usage_date,
        dimensions,
        cast(sum(quantity) as decimal(38, 12)) as quantity,
        cast(sum(amount) as decimal(38, 12)) as amount,
        count(*) as event_count,
        min(occurred_at) as first_event_at,
        max(occurred_at) as last_event_at
    from readings
    group by subscription_id, meter_id, usage_date, dimensions
)

select * from daily
