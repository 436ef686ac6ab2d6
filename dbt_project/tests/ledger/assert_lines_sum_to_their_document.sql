{#
    Guards marts.invoices, one row per document (EN 16931 BR-CO-10): its net
    amount is the sum of its lines, and its line count their number. Otherwise
    the customer's own sum differs from ours.
#}

with

invoices as (
    select * from {{ ref('invoices') }}
),

lines as (
    select * from {{ ref('invoice_lines') }}
),

line_totals as (
    select
        invoice_id,
        count(*) as line_count,
        count(distinct line_number) as number_count,
        max(line_number) as last_number,
        sum(net_amount) as net_amount
    from lines
    group by invoice_id
)

select
    invoices.invoice_number,
    invoices.net_amount,
    invoices.line_count,
    line_totals.net_amount as sum_of_lines,
    line_totals.line_count as count_of_lines
from invoices
full outer join line_totals
    on invoices.invoice_id = line_totals.invoice_id
where
    invoices.net_amount is distinct from line_totals.net_amount
    or invoices.line_count is distinct from line_totals.line_count
    or line_totals.number_count != line_totals.line_count
    or line_totals.last_number != line_totals.line_count
