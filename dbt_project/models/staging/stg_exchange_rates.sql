{# Grain: one row per currency, base_currency, valid_from. #}

with

landed as (
    select * from {{ source('raw', 'exchange_rates') }}
),

current_versions as (
    {{ latest_version('landed', [
        'currency',
        'base_currency',
        "coalesce(valid_from, date '0001-01-01')",
    ]) }}
),

renamed as (
    select
        currency,
        base_currency,
        rate,
        coalesce(valid_from, date '0001-01-01') as valid_from
    from current_versions
)

select * from renamed
