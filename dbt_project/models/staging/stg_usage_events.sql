{# Grain: one row per event_id that was not taken back. #}
{{ config(materialized='view') }}

with

landed as (
    select * from {{ source('raw', 'usage_events') }}
),

withdrawals as (
    select * from {{ ref('stg_usage_withdrawals') }}
),

standing as (
    select landed.*
    from landed
    left join withdrawals
        on
            landed.landing_id = withdrawals.landing_id
            and landed.source_row = withdrawals.source_row
    where
        not coalesce(landed.withdrawn, false)
        and withdrawals.source_row is null
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
    from standing
)

select * from renamed
