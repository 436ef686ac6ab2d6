{# Grain: one row per event_id whose value its meter cannot read. #}

with

events as (
    select * from {{ ref('stg_usage_events') }}
),

meters as (
    select * from {{ ref('stg_meters') }}
),

taken_back as (
    select event_id
    from events
    where direction = -1
),

{# What is not a number disturbs nobody else; what is missing adds nothing. #}
refused as (
    select
        events.event_id,
        events.source_file,
        events.source_row,
        events.landed_at,
        'not_a_number: property ' || meters.property || ' of meter '
        || meters.meter_id as reason,
        {{ json_row('events') }} as row_content
    from events
    inner join meters on events.meter_id = meters.meter_id
    left join taken_back on events.event_id = taken_back.event_id
    where
        taken_back.event_id is null
        and meters.aggregation not in ('count', 'unique_count')
        and {{ json_property('events.properties', 'meters.property') }}
        is not null
        and try_cast(
            {{ json_property('events.properties', 'meters.property') }}
            as decimal(38, 12)
        ) is null
)

select * from refused
