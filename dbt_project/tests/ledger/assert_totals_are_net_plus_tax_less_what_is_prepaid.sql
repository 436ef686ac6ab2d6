{#
    Guards marts.invoices, one row per document: total = net + tax (EN 16931
    BR-CO-15), amount due = total - prepaid (BR-CO-16), and only a credit note
    is negative. A wrong amount due is money asked that is not owed.
#}

with

invoices as (
    select * from {{ ref('invoices') }}
)

select
    invoice_number,
    document_type,
    net_amount,
    tax_amount,
    total_amount,
    prepaid_amount,
    due_amount
from invoices
where
    total_amount != net_amount + tax_amount
    or due_amount != total_amount - prepaid_amount
    or (document_type = 'credit_note') != (total_amount < 0)
