{# Grain: one row per charge, currency, subscription, valid_from, tier_start. #}

with

prices as (
    select * from {{ ref('stg_prices') }}
),

{# The last tier is open even when it has an upper bound. #}
tiers as (
    select
        charge_id,
        currency,
        subscription_id,
        valid_from,
        unit_price,
        flat_price,
        package_size,
        rate,
        fixed_per_event,
        minimum_per_event,
        maximum_per_event,
        free_events,
        from_units as tier_start,
        to_units,
        lead(from_units) over tiers_of_a_price as tier_end,
        row_number() over tiers_of_a_price as tier_number
    from prices
    window
        tiers_of_a_price as (
            partition by charge_id, currency, subscription_id, valid_from
            order by from_units
        )
)

select * from tiers
