{# Grain: one row per credit_id that was not withdrawn. #}

with

landed as (
    select * from {{ source('raw', 'prepaid_credits') }}
),

current_events as (
    {{ events_not_withdrawn('landed', 'credit_id') }}
),

renamed as (
    select
        credit_id,
        account_id,
        amount,
        currency,
        granted_on,
        expires_on,
        description,
        coalesce(priority, 0) as priority
    from current_events
)

select * from renamed
