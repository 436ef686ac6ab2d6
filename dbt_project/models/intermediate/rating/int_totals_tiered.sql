{# Grain: one row per rating_key, side, tier_number that is reached. #}

with

totals as (
    select * from {{ ref('int_totals_measured') }}
),

tiers as (
    select * from {{ ref('int_price_tiers') }}
),

tiered as (
    select
        totals.rating_key,
        totals.side,
        totals.charge_model,
        tiers.tier_number,
        tiers.tier_start,
        tiers.tier_end,
        tiers.unit_price,
        tiers.flat_price,
        tiers.package_size,
        tiers.rate,
        {{ priced_units(
            'totals.charge_model', 'totals.billed_units',
            'tiers.tier_start', 'tiers.tier_end', 'tiers.tier_number'
        ) }} as tier_units
    from totals
    inner join tiers
        on
            totals.charge_id = tiers.charge_id
            and totals.currency = tiers.currency
            and totals.price_subscription_id = tiers.subscription_id
            and totals.price_valid_from = tiers.valid_from
    where totals.amount_of_events is null
),

reached as (
    select
        *,
        {{ tier_amount(
            'charge_model', 'tier_units', 'unit_price', 'flat_price',
            'package_size', 'rate'
        ) }} as tier_amount
    from tiered
    where tier_units > 0
),

{#
    Tiers that add up to 10^14 or more have no amount: their sum would stop
    everyone's bill, where the one item alone is to be held.
#}
within_range as (
    select
        * exclude (tier_amount),
        case
            when
                sum(cast(abs(tier_amount) as decimal(38, 12))) over (
                    partition by rating_key, side
                ) < 100000000000000
                then tier_amount
        end as tier_amount
    from reached
)

select * from within_range
