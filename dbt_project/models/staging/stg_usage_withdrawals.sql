{# Grain: one row per event_id that was taken back. #}

with

landed as (
    select * from {{ source('raw', 'usage_events') }}
),

{# Read by itself: what is named twice is copied whole before it is read. #}
withdrawals as (
    select event_id
    from {{ source('raw', 'usage_events') }}
    where withdrawn
),

{# The event by its place, which is quicker to compare than its key. #}
withdrawn_events as (
    select
        landed.event_id,
        landed.subscription_id,
        landed.meter_id,
        landed.landing_id,
        landed.source_row
    from withdrawals
    inner join landed on withdrawals.event_id = landed.event_id
    where not coalesce(landed.withdrawn, false)
)

select * from withdrawn_events
