{#
    Guards marts.usage_lineage, one row per line, meter and day: where a meter
    adds up, the days of a first usage line make its quantity. Without it a
    customer who asks "which events are these?" is shown others than those
    billed.
#}

with

lineage as (
    select * from {{ ref('usage_lineage') }}
),

lines as (
    select * from {{ ref('invoice_lines') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

meters as (
    select * from {{ ref('stg_meters') }}
),

traced as (
    select
        line_id,
        sum(quantity) as quantity
    from lineage
    group by line_id
),

adding_lines as (
    select
        lines.line_id,
        lines.quantity
    from lines
    inner join charges on lines.charge_id = charges.charge_id
    inner join meters on charges.meter_id = meters.meter_id
    where
        lines.line_type = 'usage'
        and meters.aggregation in ('sum', 'count', 'custom')
        and not meters.carries_over
        and meters.divisor = 1
        and meters.rounding = 'none'
)

select
    adding_lines.line_id,
    adding_lines.quantity,
    traced.quantity as traced_quantity
from adding_lines
left join traced on adding_lines.line_id = traced.line_id
where adding_lines.quantity != greatest(coalesce(traced.quantity, 0), 0)
