{# Grain: one row per payment_id that was not withdrawn. #}

with

landed as (
    select * from {{ source('raw', 'payments') }}
),

current_events as (
    {{ events_not_withdrawn('landed', 'payment_id') }}
),

renamed as (
    select
        payment_id,
        account_id,
        amount,
        currency,
        received_on,
        invoice_number,
        method,
        reference
    from current_events
)

select * from renamed
