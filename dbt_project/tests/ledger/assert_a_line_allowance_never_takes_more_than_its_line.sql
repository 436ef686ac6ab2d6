{#
    Guards int_items_worth: a line allowance takes something off, and all of
    an item's together leave nothing below zero. Without it a customer would
    be paid for consuming, or charged by a discount.
#}

with

items as (
    select * from {{ ref('int_items_worth') }}
),

taken as (
    select
        discounted_item_id,
        max(net_amount) as smallest_allowance,
        sum(net_amount) as net_amount
    from items
    where allowance_level = 'line'
    group by discounted_item_id
)

select
    taken.discounted_item_id,
    taken.net_amount,
    taken.smallest_allowance,
    items.net_amount as item_amount
from taken
left join items on taken.discounted_item_id = items.item_id
where
    items.item_id is null
    or taken.smallest_allowance >= 0
    or items.net_amount + taken.net_amount < 0
