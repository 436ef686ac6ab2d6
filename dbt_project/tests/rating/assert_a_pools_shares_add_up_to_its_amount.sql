{#
    Guards int_pools_split, one row per item of a pool: the shares of a family
    add up to what it owes together, to the cent. A lost remainder is money
    that nobody pays.
#}

with

items as (
    select * from {{ ref('int_items_priced') }}
),

shares as (
    select * from {{ ref('int_pools_split') }}
),

totals as (
    select * from {{ ref('int_totals_rated') }}
),

shared as (
    select
        items.rating_key,
        sum(shares.share_amount) as share_amount
    from items
    inner join shares on items.item_id = shares.item_id
    group by items.rating_key
)

select
    shared.rating_key,
    shared.share_amount,
    totals.rounded_amount
from shared
inner join totals
    on
        shared.rating_key = totals.rating_key
        and totals.side = 'through'
where totals.quantity > 0 and shared.share_amount != totals.rounded_amount
