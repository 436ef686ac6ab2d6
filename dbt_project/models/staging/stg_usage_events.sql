{# Grain: one row per event_id that was not withdrawn. #}
{{ config(materialized='view') }}

with

landed as (
    select * from {{ source('raw', 'usage_events') }}
),

current_events as (
    {{ events_not_withdrawn('landed', 'event_id') }}
),

renamed as (
    select
        event_id,
        subscription_id,
        meter_id,
        occurred_at,
        properties,
        source_file,
        source_row,
        landed_at,
        coalesce(is_local_date, false) as is_local_date,
        coalesce(quantity, 1) as quantity
    from current_events
)

select * from renamed
