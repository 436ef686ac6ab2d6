{# Grain: one row per item_id. #}

with

items as (
    select * from {{ ref('int_items_measured') }}
),

price_sets as (
    select * from {{ ref('int_price_sets') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

{#
    The price valid at the item's own service start. A negotiated price
    replaces the whole table of the list from its first day on.
#}
priced as (
    select
        items.*,
        charges.model as charge_model,
        greatest(items.quantity - charges.included_units, 0) as billed_units,
        least(items.quantity, charges.included_units) as included_units,
        case
            when negotiated.charge_id is not null
                then negotiated.subscription_id
            else list.subscription_id
        end as price_subscription_id,
        coalesce(negotiated.valid_from, list.valid_from) as price_valid_from,
        case
            when negotiated.charge_id is not null
                then negotiated.price_error
            else list.price_error
        end as price_error
    from items
    left join charges on items.charge_id = charges.charge_id
    left join price_sets as list
        on
            items.charge_id = list.charge_id
            and items.currency = list.currency
            and list.subscription_id = ''
            and items.service_start >= list.valid_from
            and items.service_start < list.valid_until
    left join price_sets as negotiated
        on
            items.charge_id = negotiated.charge_id
            and items.currency = negotiated.currency
            and items.subscription_id = negotiated.subscription_id
            and items.service_start >= negotiated.valid_from
            and items.service_start < negotiated.valid_until
)

select * from priced
