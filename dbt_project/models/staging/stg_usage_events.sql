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
    select events.*
    from events
    left join withdrawals
        on
            events.landing_id = withdrawals.landing_id
            and events.source_row = withdrawals.source_row
    where withdrawals.source_row is null
)

select * from standing
