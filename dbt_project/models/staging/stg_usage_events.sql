{# Grain: one row per event_id that was not taken back. #}
{{ config(materialized='view') }}

with

events as (
    select * from {{ ref('stg_usage_events_landed') }}
),

withdrawals as (
    select * from {{ ref('stg_usage_withdrawals') }}
),

standing as (
    select
        events.event_id,
        events.subscription_id,
        events.meter_id,
        events.occurred_at,
        events.properties,
        events.source_file,
        events.source_row,
        events.landing_id,
        events.landed_at,
        events.is_local_date,
        events.quantity
    from events
    left join withdrawals
        on
            events.landing_id = withdrawals.landing_id
            and events.source_row = withdrawals.source_row
    where withdrawals.source_row is null
)

select * from standing
