{# Grain: one row per line_id, meter_id, usage_date. #}

with

usage as (
    select * from {{ source('ledger', 'usage') }}
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
from usage
