{# Grain: one row per account_id. #}

with

landed as (
    select * from {{ source('raw', 'accounts') }}
),

current_versions as (
    {{ latest_version('landed', ['account_id']) }}
),

renamed as (
    select
        account_id,
        entity_id,
        name,
        country_code,
        payer_account_id,
        registration_id,
        vat_id,
        street,
        street_2,
        postal_code,
        city,
        delivery_street,
        delivery_postal_code,
        delivery_city,
        delivery_country_code,
        email,
        electronic_address,
        buyer_reference,
        contract_reference,
        locale,
        currency,
        billing_anchor,
        payment_reference,
        purchase_order,
        tax_exemption_reason,
        coalesce(payment_terms_days, 30) as payment_terms_days,
        coalesce(payment_method, 'bank_transfer') as payment_method,
        coalesce(is_consolidated, true) as is_consolidated,
        coalesce(is_tax_exempt, false) as is_tax_exempt,
        coalesce(billing_period, 'month') as billing_period,
        {{ period_months("coalesce(billing_period, 'month')") }}
            as billing_period_months,
        {{ period_days("coalesce(billing_period, 'month')") }}
            as billing_period_days
    from current_versions
)

select * from renamed
