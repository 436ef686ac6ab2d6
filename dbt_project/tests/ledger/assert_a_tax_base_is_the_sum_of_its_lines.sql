{#
    Guards marts.invoice_taxes, one row per document, category and rate (EN
    16931 BR-S-08 and kin): its base is the sum of the lines of that category
    and rate, and every line has its tax row.
#}

with

lines as (
    select * from {{ ref('invoice_lines') }}
),

taxes as (
    select * from {{ ref('invoice_taxes') }}
),

line_totals as (
    select
        invoice_id,
        tax_category,
        tax_rate,
        sum(net_amount) as net_amount
    from lines
    group by invoice_id, tax_category, tax_rate
)

select
    line_totals.invoice_id,
    line_totals.tax_category,
    line_totals.tax_rate,
    line_totals.net_amount as sum_of_lines,
    taxes.invoice_id as taxed_invoice_id,
    taxes.taxable_amount
from line_totals
full outer join taxes
    on
        line_totals.invoice_id = taxes.invoice_id
        and line_totals.tax_category = taxes.tax_category
        and line_totals.tax_rate = taxes.tax_rate
where line_totals.net_amount is distinct from taxes.taxable_amount
