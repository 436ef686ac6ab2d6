{#
    Guards marts.invoices against marts.invoice_drawdowns, one row per
    document and lot: what credit paid of a document is the sum of its
    drawdowns, between nothing and its total (EN 16931 BT-113). A document
    that says otherwise asks for money that was paid, or forgets what is owed.
#}

with

invoices as (
    select * from {{ ref('invoices') }}
),

drawdowns as (
    select * from {{ ref('invoice_drawdowns') }}
),

drawn as (
    select
        invoice_id,
        sum(drawn_amount) as drawn_amount
    from drawdowns
    group by invoice_id
)

select
    drawn.invoice_id as drawing_invoice_id,
    drawn.drawn_amount,
    invoices.invoice_number,
    invoices.total_amount,
    invoices.prepaid_amount
from invoices
full outer join drawn on invoices.invoice_id = drawn.invoice_id
where
    invoices.invoice_id is null
    or invoices.prepaid_amount != coalesce(drawn.drawn_amount, 0)
    or abs(invoices.prepaid_amount) > abs(invoices.total_amount)
    or sign(invoices.prepaid_amount) * sign(invoices.total_amount) < 0
