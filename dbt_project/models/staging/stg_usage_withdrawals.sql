{# Grain: one row per event_id that was taken back. #}

with

events as (
    select * from {{ ref('stg_usage_events_landed') }}
),

landed as (
    select * from {{ source('raw', 'usage_events') }}
),

withdrawals as (
    select
        event_id,
        landing_id
    from landed
    where withdrawn
),

{# The event by its place, which is quicker to compare than its key. #}
withdrawn_events as (
    select
        events.event_id,
        events.subscription_id,
        events.meter_id,
        events.occurred_at,
        events.is_local_date,
        events.landing_id,
        events.source_row,
        withdrawals.landing_id as withdrawal_landing_id
    from withdrawals
    inner join events on withdrawals.event_id = events.event_id
)

select * from withdrawn_events
