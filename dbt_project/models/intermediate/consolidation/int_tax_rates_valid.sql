{# Grain: one row per tax_code, country_code, valid_from. #}

with

tax_rates as (
    select * from {{ ref('stg_tax_rates') }}
),

valid as (
    select
        tax_code,
        country_code,
        rate,
        exemption_reason,
        valid_from,
        category,
        coalesce(
            lead(valid_from) over (
                partition by tax_code, country_code
                order by valid_from
            ),
            date '9999-12-31'
        ) as valid_until
    from tax_rates
)

select * from valid
