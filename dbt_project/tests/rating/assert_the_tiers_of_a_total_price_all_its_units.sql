{#
    Guards int_totals_tiered, one row per total and tier reached: the tiers of
    a total price its billed units, all of them, once. Tiers that overlap
    charge a unit twice; a hole between them gives it away.
#}

with

totals as (
    select * from {{ ref('int_totals_measured') }}
),

price_sets as (
    select * from {{ ref('int_price_sets') }}
),

tiers as (
    select * from {{ ref('int_totals_tiered') }}
),

tiered as (
    select
        rating_key,
        side,
        sum(tier_units) as tier_units
    from tiers
    group by rating_key, side
)

select
    totals.rating_key,
    totals.side,
    totals.charge_model,
    totals.billed_units,
    tiered.tier_units
from totals
inner join price_sets
    on
        totals.charge_id = price_sets.charge_id
        and totals.currency = price_sets.currency
        and totals.price_subscription_id = price_sets.subscription_id
        and totals.price_valid_from = price_sets.valid_from
left join tiered
    on
        totals.rating_key = tiered.rating_key
        and totals.side = tiered.side
where
    price_sets.price_error is null
    and totals.amount_of_events is null
    and totals.billed_units != coalesce(tiered.tier_units, 0)
