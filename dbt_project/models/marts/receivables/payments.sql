{# Grain: one row per payment_id. #}

with

landed as (
    select * from {{ ref('stg_payments') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

documents as (
    select * from {{ source('ledger', 'documents') }}
),

{# A number is a seller's own: payer and currency tell two sellers' apart. #}
matched as (
    select
        landed.payment_id,
        landed.account_id,
        landed.received_on,
        landed.currency,
        landed.invoice_number,
        landed.method,
        landed.reference,
        documents.invoice_id,
        {{ rounded_to_minor_unit(
            'landed.amount', 'coalesce(currencies.minor_units, 4)'
        ) }} as amount,
        case
            when documents.invoice_id is not null then null
            when landed.invoice_number is null then 'names no document'
            else 'names no document of the account in that currency'
        end as unmatched_reason
    from landed
    left join currencies on landed.currency = currencies.currency
    left join documents
        on
            landed.invoice_number = documents.invoice_number
            and landed.account_id = documents.account_id
            and landed.currency = documents.currency
)

select
    payment_id,
    account_id,
    received_on,
    currency,
    amount,
    invoice_number,
    invoice_id,
    unmatched_reason,
    method,
    reference
from matched
