{#
    Guards law 3 on marts.invoices, one row per document: at most one per
    seller, payer, currency, payment method, terms, purchase order, invoice
    group, own subscription and bill date, and one more for what is outside
    the scope of VAT. Two would mean that a date was billed twice. The ledger
    knows the terms that the mart leaves out.
#}

with

invoices as (
    select * from {{ ref('invoices') }}
),

documents as (
    select * from {{ source('ledger', 'documents') }}
),

scopes as (
    select
        invoice_id,
        max(case tax_category when 'O' then 1 else 0 end) as is_out_of_scope
    from {{ source('ledger', 'taxes') }}
    group by invoice_id
)

select
    invoices.entity_id,
    invoices.account_id,
    invoices.currency,
    invoices.payment_method,
    documents.payment_terms_days,
    invoices.purchase_order,
    invoices.invoice_group,
    documents.own_subscription_id,
    scopes.is_out_of_scope,
    invoices.bill_date,
    count(*) as document_count
from invoices
inner join documents on invoices.invoice_id = documents.invoice_id
left join scopes on invoices.invoice_id = scopes.invoice_id
group by
    invoices.entity_id,
    invoices.account_id,
    invoices.currency,
    invoices.payment_method,
    documents.payment_terms_days,
    invoices.purchase_order,
    invoices.invoice_group,
    documents.own_subscription_id,
    scopes.is_out_of_scope,
    invoices.bill_date
having count(*) > 1
