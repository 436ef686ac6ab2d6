{# Grain: one row per charge, currency, valid_from, subscription, from_units. #}

with

landed as (
    select * from {{ source('raw', 'prices') }}
),

current_versions as (
    {{ latest_version('landed', [
        'charge_id',
        'currency',
        "coalesce(valid_from, date '0001-01-01')",
        "coalesce(subscription_id, '')",
        'coalesce(from_units, 0)',
    ]) }}
),

renamed as (
    select
        charge_id,
        currency,
        to_units,
        unit_price,
        flat_price,
        package_size,
        rate,
        fixed_per_event,
        minimum_per_event,
        maximum_per_event,
        free_events,
        coalesce(valid_from, date '0001-01-01') as valid_from,
        coalesce(subscription_id, '') as subscription_id,
        coalesce(from_units, 0) as from_units
    from current_versions
)

select * from renamed
