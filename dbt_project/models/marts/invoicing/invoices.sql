{# Grain: one row per invoice_id. #}
{{ config(materialized='view') }}

with

documents as (
    select * from {{ source('ledger', 'documents') }}
)

select
    invoice_id,
    invoice_number,
    document_type,
    entity_id,
    account_id,
    currency,
    bill_date,
    issue_date,
    due_date,
    period_start,
    period_end,
    payment_method,
    purchase_order,
    invoice_group,
    line_count,
    net_amount,
    allowance_amount,
    tax_amount,
    total_amount,
    prepaid_amount,
    due_amount,
    accounting_currency,
    exchange_rate,
    accounting_tax_amount,
    bill_run_id
from documents
