{# Grain: one row per entity_id. #}

with

landed as (
    select * from {{ source('raw', 'billing_entities') }}
),

current_versions as (
    {{ latest_version('landed', ['entity_id']) }}
),

renamed as (
    select
        entity_id,
        name,
        country_code,
        currency,
        registration_id,
        register_city,
        legal_form,
        share_capital,
        vat_id,
        street,
        street_2,
        postal_code,
        city,
        email,
        phone,
        electronic_address,
        iban,
        bic,
        creditor_id,
        billing_starts_on,
        correction_horizon,
        late_penalty_rate,
        recovery_fee,
        early_payment_terms,
        operation_category,
        terms,
        coalesce(locale, 'fr_FR') as locale,
        coalesce(timezone, 'Europe/Paris') as timezone,
        coalesce(invoice_prefix, 'INV-') as invoice_prefix,
        coalesce(credit_note_prefix, 'CN-') as credit_note_prefix,
        coalesce(proration, 'actual') as proration,
        coalesce(negative_invoice, 'credit_note') as negative_invoice,
        coalesce(anomaly_policy, 'warn') as anomaly_policy,
        coalesce(missing_data_policy, 'warn') as missing_data_policy,
        coalesce(grace_days, 0) as grace_days,
        coalesce(vat_on_debits, false) as vat_on_debits,
        {{ period_months('correction_horizon') }} as correction_months,
        {{ period_days('correction_horizon') }} as correction_days
    from current_versions
)

select * from renamed
