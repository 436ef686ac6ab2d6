{# Grain: one row per invoice_id, credit_id, drawn_by_invoice_id. #}
{{ config(materialized='view') }}

with

drawdowns as (
    select * from {{ source('ledger', 'drawdowns') }}
)

select
    invoice_id,
    ledger_position as drawdown_position,
    credit_id,
    drawn_by_invoice_id,
    account_id,
    currency,
    drawn_amount,
    balance_amount,
    granted_amount,
    granted_on,
    expires_on,
    description
from drawdowns
