{# Grain: one row per item_id, tier_number of its price that is reached. #}

with

items as (
    select * from {{ ref('int_items_priced') }}
),

tiers as (
    select * from {{ ref('int_price_tiers') }}
),

tiered as (
    select
        items.item_id,
        items.charge_model,
        tiers.tier_number,
        tiers.tier_start,
        tiers.tier_end,
        tiers.unit_price,
        tiers.flat_price,
        {{ priced_units(
            'items.charge_model', 'items.billed_units',
            'tiers.tier_start', 'tiers.tier_end', 'tiers.tier_number'
        ) }} as tier_units
    from items
    inner join tiers
        on
            items.charge_id = tiers.charge_id
            and items.currency = tiers.currency
            and items.price_subscription_id = tiers.subscription_id
            and items.price_valid_from = tiers.valid_from
    where items.given_amount is null
),

reached as (
    select
        *,
        {{ tier_amount(
            'charge_model', 'tier_units', 'unit_price', 'flat_price'
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
                    partition by item_id
                ) < 100000000000000
                then tier_amount
        end as tier_amount
    from reached
)

select * from within_range
