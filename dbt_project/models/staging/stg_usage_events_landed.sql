{# Grain: one row per event_id, also of those that were taken back since. #}
{{ config(materialized='view') }}

with

landed as (
    select * from {{ source('raw', 'usage_events') }}
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
        landing_id,
        landed_at,
        coalesce(is_local_date, false) as is_local_date,
        coalesce(quantity, 1) as quantity
    from landed
    where not coalesce(withdrawn, false)
)

select * from renamed
