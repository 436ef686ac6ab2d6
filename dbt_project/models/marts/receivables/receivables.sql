{# Grain: one row per invoice_id. #}

with

documents as (
    select * from {{ source('ledger', 'documents') }}
),

payments as (
    select * from {{ ref('payments') }}
),

paid as (
    select
        invoice_id,
        sum(amount) as paid_amount,
        max(received_on) as last_paid_on
    from payments
    group by invoice_id
),

{# Only what names a document pays it: which else it pays, a person says. #}
open_items as (
    select
        documents.invoice_id,
        documents.invoice_number,
        documents.document_type,
        documents.entity_id,
        documents.account_id,
        documents.currency,
        documents.issue_date,
        documents.due_date,
        documents.payment_method,
        documents.due_amount,
        paid.last_paid_on,
        cast(coalesce(paid.paid_amount, 0) as decimal(38, 4)) as paid_amount,
        cast(
            documents.due_amount - coalesce(paid.paid_amount, 0)
            as decimal(38, 4)
        ) as open_amount
    from documents
    left join paid on documents.invoice_id = paid.invoice_id
)

select
    invoice_id,
    invoice_number,
    document_type,
    entity_id,
    account_id,
    currency,
    issue_date,
    due_date,
    payment_method,
    due_amount,
    paid_amount,
    open_amount,
    last_paid_on
from open_items
