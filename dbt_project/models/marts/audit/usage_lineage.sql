{# Grain: one row per line_id, meter_id, usage_date. #}
{{ config(materialized='view') }}

with

usage as (
    select * from {{ source('ledger', 'usage') }}
),

lines as (
    select * from {{ source('ledger', 'lines') }}
),

lineage as (
    select
        usage.line_id,
        lines.invoice_id,
        lines.item_id,
        usage.meter_id,
        usage.usage_date,
        usage.quantity,
        usage.event_count,
        usage.first_event_at,
        usage.last_event_at
    from usage
    inner join lines on usage.line_id = lines.line_id
)

select
    line_id,
    invoice_id,
    item_id,
    meter_id,
    usage_date,
    quantity,
    event_count,
    first_event_at,
    last_event_at
from lineage
