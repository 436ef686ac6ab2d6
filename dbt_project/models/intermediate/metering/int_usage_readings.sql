{# Grain: one row per event_id that its meter or a price reads by itself. #}

with

events as (
    select * from {{ ref('stg_usage_events') }}
),

meters as (
    select * from {{ ref('int_meter_dimensions') }}
),

starts as (
    select * from {{ ref('int_usage_starts') }}
),

meters_of_readings as (
    select * from meters
    where has_level or has_charge_by_event
),

{#
    An event without the meter's property says nothing, but to a sum. A bare
    date is its local midnight, after what happened late on the day before.
#}
readings as (
    select
        events.event_id,
        events.subscription_id,
        events.meter_id,
        starts.usage_from,
        meters.carries_over,
        case
            when events.is_local_date
                then {{ midnight_in_zone(
                    local_date(
                        'events.occurred_at', 'true', 'starts.timezone'
                    ),
                    'starts.timezone'
                ) }}
            else events.occurred_at
        end as occurred_at,
        {{ local_date(
            'events.occurred_at', 'events.is_local_date', 'starts.timezone'
        ) }} as usage_date,
        {{ reading_dimensions('events', 'meters') }} as dimensions,
        case
            when meters.aggregation = 'sum'
                then coalesce({{ reading_quantity('events', 'meters') }}, 0)
            when not {{ is_reading_of_id('events', 'meters') }}
                then {{ reading_quantity('events', 'meters') }}
        end as quantity,
        case
            when not {{ is_reading_of_id('events', 'meters') }} then null
            when meters.property is null
                then cast(events.quantity as varchar)
            else {{ json_property('events.properties', 'meters.property') }}
        end as identifier,
        case
            when meters.event_carries = 'change'
                then coalesce({{ json_property(
                    'events.properties', "'operation'"
                ) }}, 'add')
            else 'add'
        end as id_operation,
        {{ day_position(
            'events.occurred_at', 'events.is_local_date',
            local_date(
                'events.occurred_at', 'events.is_local_date', 'starts.timezone'
            ),
            'starts.timezone'
        ) }} as day_position
    from events
    inner join meters_of_readings as meters
        on events.meter_id = meters.meter_id
    inner join starts on events.subscription_id = starts.subscription_id
    where {{ is_readable('events', 'meters') }}
),

{# A level that carries over goes back to the first event. #}
legible as (
    select * exclude (usage_from, carries_over)
    from readings
    where
        (quantity is not null or identifier is not null)
        and (carries_over or usage_date >= usage_from)
)

select * from legible
