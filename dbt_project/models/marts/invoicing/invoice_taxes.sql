{# Grain: one row per invoice_id, tax_category, tax_rate. #}
{{ config(materialized='view') }}

with

taxes as (
    select * from {{ source('ledger', 'taxes') }}
)

select
    invoice_id,
    tax_category,
    tax_rate,
    taxable_amount,
    tax_amount,
    exemption_reason,
    accounting_tax_amount
from taxes
