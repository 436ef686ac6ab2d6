{#
    Guards marts.invoices, one row per document (EN 16931 BR-CO-14): its tax
    is the sum of its taxes by category and rate.
#}

with

invoices as (
    select * from {{ ref('invoices') }}
),

taxes as (
    select * from {{ ref('invoice_taxes') }}
),

tax_totals as (
    select
        invoice_id,
        sum(tax_amount) as tax_amount
    from taxes
    group by invoice_id
)

select
    invoices.invoice_number,
    invoices.tax_amount,
    tax_totals.tax_amount as sum_of_taxes
from invoices
full outer join tax_totals on invoices.invoice_id = tax_totals.invoice_id
where invoices.tax_amount is distinct from tax_totals.tax_amount
