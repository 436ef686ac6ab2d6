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
    An event belongs to the local date of the seller on which it occurred; a
    bare date is local already. What the meter reads is the event's quantity,
    or the number in the meter's property; an event without it adds nothing.
    A count reads 1, whatever the event holds.
#}
readings as (
    select
        events.subscription_id,
        events.meter_id,
        events.occurred_at,
        case
            when events.is_local_date
                then {{ date_in_zone('events.occurred_at', "'UTC'") }}
            else {{ date_in_zone(
                'events.occurred_at', 'subscriptions.timezone'
            ) }}
        end as usage_date,
        case
            when meters.aggregation = 'count' then 1
            when meters.property is null then events.quantity
            else coalesce({{ json_number(
                'events.properties', 'meters.property'
            ) }}, 0)
        end as quantity,
        case
            when meters.dimension_names is null then '{}'
            else {{ json_selected_properties(
                "coalesce(events.properties, '{}')", 'meters.dimension_names'
            ) }}
        end as dimensions
    from events
    inner join meters on events.meter_id = meters.meter_id
    inner join subscriptions
        on events.subscription_id = subscriptions.subscription_id
    where
        meters.property is null
        or meters.aggregation in ('count', 'unique_count')
        or {{ json_property('events.properties', 'meters.property') }} is null
        or {{ json_number('events.properties', 'meters.property') }}
        is not null
),

daily as (
    select
        subscription_id,
        meter_id,
        usage_date,
        dimensions,
        cast(sum(quantity) as decimal(38, 12)) as quantity,
        count(*) as event_count,
        min(occurred_at) as first_event_at,
        max(occurred_at) as last_event_at
    from readings
    group by subscription_id, meter_id, usage_date, dimensions
)

select * from daily
