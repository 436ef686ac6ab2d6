{#
    Guards law 3 on marts.invoices, one row per document: at most one per
    seller, payer, currency, payment method, terms, purchase order, invoice
    group, own subscription and bill date. Two would mean that a date was
    billed twice. The ledger knows the two terms that the mart leaves out.
#}

with

invoices as (
    select * from {{ ref('invoices') }}
),

documents as (
    select * from {{ source('ledger', 'documents') }}
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
    invoices.bill_date,
    count(*) as document_count
from invoices
inner join documents on invoices.invoice_id = documents.invoice_id
group by
    invoices.entity_id,
    invoices.account_id,
    invoices.currency,
    invoices.payment_method,
    documents.payment_terms_days,
    invoices.purchase_order,
    invoices.invoice_group,
    documents.own_subscription_id,
    invoices.bill_date
having count(*) > 1
