{# Grain: one row per allowance_id. #}

with

landed as (
    select * from {{ source('raw', 'allowances') }}
),

current_versions as (
    {{ latest_version('landed', ['allowance_id']) }}
),

renamed as (
    select
        allowance_id,
        account_id,
        subscription_id,
        charge_id,
        kind,
        value,
        currency,
        starts_on,
        ends_on,
        max_uses,
        description,
        required_plans,
        coalesce(level, 'line') as level
    from current_versions
)

select * from renamed
