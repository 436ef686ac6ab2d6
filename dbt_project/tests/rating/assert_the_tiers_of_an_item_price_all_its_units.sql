{#
    Guards int_items_tiered, one row per item and tier reached: the tiers of
    an item price its billed units, all of them, once. Tiers that overlap
    charge a unit twice; a hole between them gives it away.
#}

with

items as (
    select * from {{ ref('int_items_rated') }}
),

tiers as (
    select * from {{ ref('int_items_tiered') }}
),

tiered as (
    select
        item_id,
        sum(tier_units) as tier_units
    from tiers
    group by item_id
)

select
    items.item_id,
    items.charge_model,
    items.billed_units,
    tiered.tier_units
from items
left join tiered on items.item_id = tiered.item_id
where
    items.rating_error is null
    and items.given_amount is null
    and items.billed_units != coalesce(tiered.tier_units, 0)
