{# Grain: one row per event_id whose value its meter cannot read. #}

with

events as (
    select * from {{ ref('stg_usage_events') }}
),

meters as (
    select * from {{ ref('int_meter_dimensions') }}
),

meters_of_numbers as (
    select * from meters
    where property is not null or has_dynamic_charge
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
        'not_a_number: property '
        || case
            when
                meters.has_dynamic_charge
                and {{ is_not_a_number('events', "'amount'") }}
                then 'amount'
            else meters.property
        end
        || ' of meter ' || meters.meter_id
        || ' is to be a number of at most 12 decimals' as reason,
        {{ json_row('events') }} as row_content
    from events
    inner join meters_of_numbers as meters
        on events.meter_id = meters.meter_id
    where not {{ is_readable('events', 'meters') }}
)

select * from refused
