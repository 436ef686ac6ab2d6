{# Grain: one row per event_id whose value its meter cannot read. #}

with

events as (
    select * from {{ ref('stg_usage_events') }}
),

meters as (
    select * from {{ ref('stg_meters') }}
),

{#
    What is not a number, or not an exact one, disturbs nobody else; what is
    missing adds nothing.
#}
refused as (
    select
        events.event_id,
        events.source_file,
        events.source_row,
        events.landed_at,
        'not_a_number: property ' || meters.property || ' of meter '
        || meters.meter_id || ' is to be a number of at most 12 decimals'
            as reason,
        {{ json_row('events') }} as row_content
    from events
    inner join meters on events.meter_id = meters.meter_id
    where
        meters.aggregation not in ('count', 'unique_count')
        and {{ json_property('events.properties', 'meters.property') }}
        is not null
        and {{ json_number('events.properties', 'meters.property') }} is null
)

select * from refused
