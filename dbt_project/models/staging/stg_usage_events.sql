{# Grain: one row per event_id, direction. #}
{{ config(materialized='view') }}

with

landed as (
    select * from {{ source('raw', 'usage_events') }}
),

events as (
    select
        event_id,
        subscription_id,
        meter_id,
        occurred_at,
        properties,
        landing_id,
        source_file,
        source_row,
        landed_at,
        coalesce(is_local_date, false) as is_local_date,
        coalesce(quantity, 1) as quantity,
        1 as direction
    from landed
    where not coalesce(withdrawn, false)
),

withdrawals as (
    select
        event_id,
        landing_id
    from landed
    where withdrawn
),

{#
    An event taken back stays, and a second row takes its quantity back from
    the moment the withdrawal landed: what was billed in between can still be
    traced to it.
#}
taken_back as (
    select
        events.event_id,
        events.subscription_id,
        events.meter_id,
        events.occurred_at,
        events.properties,
        greatest(events.landing_id, withdrawals.landing_id) as landing_id,
        events.source_file,
        events.source_row,
        events.landed_at,
        events.is_local_date,
        events.quantity,
        -1 as direction
    from events
    inner join withdrawals on events.event_id = withdrawals.event_id
),

signed as (
    select * from events
    union all
    select * from taken_back
)

select * from signed
