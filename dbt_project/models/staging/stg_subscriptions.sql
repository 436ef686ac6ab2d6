{# Grain: one row per subscription_id. #}

with

landed as (
    select * from {{ source('raw', 'subscriptions') }}
),

current_versions as (
    {{ latest_version('landed', ['subscription_id']) }}
),

renamed as (
    select
        subscription_id,
        account_id,
        plan_id,
        starts_on,
        ends_on,
        trial_ends_on,
        invoice_group,
        purchase_order,
        payment_method,
        payment_terms_days,
        coalesce(quantity, 1) as quantity
    from current_versions
)

select * from renamed
