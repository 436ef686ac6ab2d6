{#
    Guards marts.usage_lineage, one row per line, meter and day: the days of a
    first usage line add up to its quantity. Without it a customer who asks
    "which events are these?" is shown others than those billed.
#}

with

lineage as (
    select * from {{ ref('usage_lineage') }}
),

lines as (
    select * from {{ ref('invoice_lines') }}
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
left join traced on lines.line_id = traced.line_id
where
    lines.line_type = 'usage'
    and lines.quantity != coalesce(traced.quantity, 0)
