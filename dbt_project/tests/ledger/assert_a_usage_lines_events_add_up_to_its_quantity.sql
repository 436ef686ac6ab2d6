{#
    Guards marts.usage_lineage, one row per line, meter and day, for the lines
    that the last bill run issued: the days of a first usage line add up to
    its quantity. Without it a customer who asks "which events are these?" is
    shown others than those billed.

    Only while nothing landed since that run: a change that landed later may
    move events between windows, and its own bill run shows it.
#}

with

lineage as (
    select * from {{ ref('usage_lineage') }}
),

lines as (
    select * from {{ ref('invoice_lines') }}
),

invoices as (
    select * from {{ ref('invoices') }}
),

bill_runs as (
    select * from {{ source('ledger', 'bill_runs') }}
),

landed_files as (
    select * from {{ source('raw', 'landed_files') }}
),

last_landing as (
    select coalesce(max(landing_id), 0) as landing_id
    from landed_files
),

last_run as (
    select
        max_by(bill_run_id, ledger_position) as bill_run_id,
        max_by(landing_id, ledger_position) as landing_id
    from bill_runs
),

current_runs as (
    select last_run.bill_run_id
    from last_run
    inner join last_landing on last_run.landing_id = last_landing.landing_id
),

traced as (
    select
        line_id,
        sum(quantity) as quantity
    from lineage
    group by line_id
)

select
    lines.line_id,
    lines.quantity,
    traced.quantity as traced_quantity
from lines
inner join invoices on lines.invoice_id = invoices.invoice_id
inner join current_runs on invoices.bill_run_id = current_runs.bill_run_id
left join traced on lines.line_id = traced.line_id
where
    lines.line_type = 'usage'
    and lines.quantity != coalesce(traced.quantity, 0)
