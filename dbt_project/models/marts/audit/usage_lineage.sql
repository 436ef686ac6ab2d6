{# Grain: one row per line_id, meter_id, usage_date. #}

with

lines as (
    select * from {{ source('ledger', 'lines') }}
),

documents as (
    select * from {{ source('ledger', 'documents') }}
),

bill_runs as (
    select * from {{ source('ledger', 'bill_runs') }}
),

charged as (
    select * from {{ ref('int_usage_charged') }}
),

{# What each line saw: its window, and the files landed before its run. #}
sights as (
    select
        lines.line_id,
        lines.invoice_id,
        lines.item_id,
        lines.subscription_id,
        lines.charge_id,
        lines.service_start,
        lines.service_end,
        lines.ledger_position,
        bill_runs.landing_id
    from lines
    inner join documents on lines.invoice_id = documents.invoice_id
    inner join bill_runs on documents.bill_run_id = bill_runs.bill_run_id
),

successive as (
    select
        *,
        lag(service_start) over item_lines as previous_start,
        lag(service_end) over item_lines as previous_end,
        lag(landing_id) over item_lines as previous_landing_id
    from sights
    window item_lines as (partition by item_id order by ledger_position)
),

{#
    A line is what its item was worth, minus what it had been worth; so are
    its events: those it saw, minus those that the item's line before it saw.
#}
seen as (
    select
        successive.line_id,
        successive.invoice_id,
        charged.meter_id,
        charged.usage_date,
        charged.quantity,
        charged.event_count,
        charged.first_event_at,
        charged.last_event_at
    from successive
    inner join charged
        on
            successive.subscription_id = charged.subscription_id
            and successive.charge_id = charged.charge_id
            and successive.service_start <= charged.usage_date
            and successive.service_end > charged.usage_date
            and successive.landing_id >= charged.landing_id

    union all

    select
        successive.line_id,
        successive.invoice_id,
        charged.meter_id,
        charged.usage_date,
        -charged.quantity as quantity,
        -charged.event_count as event_count,
        charged.first_event_at,
        charged.last_event_at
    from successive
    inner join charged
        on
            successive.subscription_id = charged.subscription_id
            and successive.charge_id = charged.charge_id
            and successive.previous_start <= charged.usage_date
            and successive.previous_end > charged.usage_date
            and successive.previous_landing_id >= charged.landing_id
),

lineage as (
    select
        line_id,
        invoice_id,
        meter_id,
        usage_date,
        cast(sum(quantity) as decimal(38, 12)) as quantity,
        cast(sum(event_count) as bigint) as event_count,
        min(first_event_at) as first_event_at,
        max(last_event_at) as last_event_at
    from seen
    group by line_id, invoice_id, meter_id, usage_date
    having sum(event_count) != 0 or sum(quantity) != 0
)

select
    line_id,
    invoice_id,
    meter_id,
    usage_date,
    quantity,
    event_count,
    first_event_at,
    last_event_at
from lineage
