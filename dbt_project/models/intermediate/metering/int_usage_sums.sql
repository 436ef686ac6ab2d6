{# Grain: one row per subscription, meter, day_key, dimensions. #}

with

events as (
    select * from {{ ref('stg_usage_events') }}
),

{# Imported again: what is named twice is copied whole before it is read. #}
events_with_properties as (
    select * from {{ ref('stg_usage_events') }}
),

quarters as (
    select * from {{ ref('int_usage_quarters') }}
),

meters as (
    select * from {{ ref('int_meter_dimensions') }}
),

{# What is read from an event's properties is read event by event. #}
meters_of_properties as (
    select * from meters
    where
        property is not null
        or dimension_names is not null
        or has_dynamic_charge
),

{#
    A bare date is a local date wherever the seller is: it has a key of its
    own, below 0.
#}
plain_sums as (
    select
        events.subscription_id,
        events.meter_id,
        case
            when events.is_local_date then -quarters.quarter_hour
            else quarters.day_key
        end as day_key,
        '{}' as dimensions,
        sum(events.quantity) as quantity,
        cast(0 as decimal(38, 12)) as amount,
        count(*) as event_count,
        min(events.occurred_at) as first_event_at,
        max(events.occurred_at) as last_event_at
    from events
    inner join quarters
        on {{ quarter_hour('events.occurred_at') }} = quarters.quarter_hour
    left join meters_of_properties
        on events.meter_id = meters_of_properties.meter_id
    where meters_of_properties.meter_id is null
    group by
        events.subscription_id,
        events.meter_id,
        case
            when events.is_local_date then -quarters.quarter_hour
            else quarters.day_key
        end
),

{# An event without the meter's property, or without an amount, adds 0. #}
readings as (
    select
        events.subscription_id,
        events.meter_id,
        events.occurred_at,
        case
            when events.is_local_date then -quarters.quarter_hour
            else quarters.day_key
        end as day_key,
        {{ reading_dimensions('events', 'meters') }} as dimensions,
        case
            when meters.aggregation = 'sum'
                then coalesce({{ reading_quantity('events', 'meters') }}, 0)
            else cast(0 as decimal(38, 12))
        end as quantity,
        case
            when meters.has_dynamic_charge
                then coalesce(
                    {{ json_number('events.properties', "'amount'") }}, 0
                )
            else cast(0 as decimal(38, 12))
        end as amount
    from meters_of_properties as meters
    inner join events_with_properties as events
        on meters.meter_id = events.meter_id
    inner join quarters
        on {{ quarter_hour('events.occurred_at') }} = quarters.quarter_hour
    where {{ is_readable('events', 'meters') }}
),

sums_of_readings as (
    select
        subscription_id,
        meter_id,
        day_key,
        dimensions,
        sum(quantity) as quantity,
        sum(amount) as amount,
        count(*) as event_count,
        min(occurred_at) as first_event_at,
        max(occurred_at) as last_event_at
    from readings
    group by subscription_id, meter_id, day_key, dimensions
),

sums as (
    select * from plain_sums
    union all
    select * from sums_of_readings
)

select * from sums
