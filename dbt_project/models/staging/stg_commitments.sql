{# Grain: one row per commitment_id. #}

with

landed as (
    select * from {{ source('raw', 'commitments') }}
),

current_versions as (
    {{ latest_version('landed', ['commitment_id']) }}
),

renamed as (
    select
        commitment_id,
        account_id,
        subscription_id,
        amount,
        currency,
        period,
        starts_on,
        ends_on,
        {{ period_months('period') }} as period_months,
        {{ period_days('period') }} as period_days
    from current_versions
)

select * from renamed
