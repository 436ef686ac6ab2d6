{# Grain: one row per charge_id, property. #}

with

charges as (
    select * from {{ ref('stg_charges') }}
),

filtered_charges as (
    select
        charge_id,
        meter_id,
        filters,
        {{ json_names('filters') }} as property
    from charges
    where filters is not null and kind = 'usage'
),

filters as (
    select
        charge_id,
        meter_id,
        property,
        cast(json_extract(
            filters,
            '/' || replace(replace(property, '~', '~0'), '/', '~1')
        ) as varchar) as admitted_values
    from filtered_charges
)

select * from filters
