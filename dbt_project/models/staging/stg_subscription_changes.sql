{# Grain: one row per change_id that was not withdrawn. #}

with

landed as (
    select * from {{ source('raw', 'subscription_changes') }}
),

current_events as (
    {{ events_not_withdrawn('landed', 'change_id') }}
),

renamed as (
    select
        change_id,
        subscription_id,
        effective_on,
        change,
        quantity,
        plan_id,
        landing_id,
        source_file,
        source_row,
        landed_at
    from current_events
)

select * from renamed
