{# Grain: one row per item_id that was not withdrawn. #}

with

landed as (
    select * from {{ source('raw', 'one_time_charges') }}
),

current_events as (
    {{ events_not_withdrawn('landed', 'item_id') }}
),

renamed as (
    select
        item_id,
        account_id,
        occurred_on,
        description,
        amount,
        charge_id,
        quantity,
        subscription_id,
        currency,
        tax_code
    from current_events
)

select * from renamed
