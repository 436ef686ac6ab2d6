{# Grain: one row per rating_key, side. #}

with

totals as (
    select * from {{ ref('int_totals_measured') }}
),

tiers as (
    select * from {{ ref('int_totals_tiered') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

tier_totals as (
    select
        rating_key,
        side,
        sum(tier_amount) as tier_amount,
        count(*) as tier_count,
        bool_or(tier_amount is null) as is_out_of_range,
        bool_and(
            coalesce(flat_price, 0) = 0
            and package_size is null
            and unit_price is not null
        ) as has_unit_price_alone,
        max(unit_price) as unit_price,
        max(flat_price) as flat_price,
        {{ json_rows(
            [
                'tier_start', 'tier_end', 'tier_units', 'unit_price',
                'flat_price', 'package_size', 'rate', 'tier_amount',
            ],
            'tier_number',
        ) }} as price_breakdown
    from tiers
    group by rating_key, side
),

priced as (
    select
        totals.rating_key,
        totals.side,
        totals.charge_model,
        totals.quantity,
        totals.billed_units,
        totals.included_units,
        currencies.minor_units,
        tier_totals.tier_count,
        tier_totals.has_unit_price_alone,
        tier_totals.unit_price,
        tier_totals.flat_price,
        tier_totals.price_breakdown,
        coalesce(tier_totals.is_out_of_range, false)
        or totals.is_beyond as is_out_of_range,
        case
            when totals.amount_of_events is not null
                then totals.amount_of_events
            when tier_totals.rating_key is null
                then cast(0 as decimal(38, 24))
            else tier_totals.tier_amount
        end as exact_amount
    from totals
    left join tier_totals
        on
            totals.rating_key = tier_totals.rating_key
            and totals.side = tier_totals.side
    left join currencies on totals.currency = currencies.currency
),

{# The price of the whole, to the currency's minor unit. #}
rated as (
    select
        *,
        case
            when not is_out_of_range
                then {{ rounded_to_minor_unit(
                    'exact_amount', 'minor_units'
                ) }}
        end as rounded_amount
    from priced
)

select * from rated
