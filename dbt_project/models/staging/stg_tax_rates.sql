{# Grain: one row per tax_code, country_code, valid_from. #}

with

landed as (
    select * from {{ source('raw', 'tax_rates') }}
),

current_versions as (
    {{ latest_version('landed', [
        'tax_code',
        'country_code',
        "coalesce(valid_from, date '0001-01-01')",
    ]) }}
),

renamed as (
    select
        tax_code,
        country_code,
        rate,
        exemption_reason,
        coalesce(valid_from, date '0001-01-01') as valid_from,
        coalesce(category, 'S') as category
    from current_versions
)

select * from renamed
