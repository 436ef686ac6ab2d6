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
        items.item_id,
        items.group_value,
        items.item_kind,
        items.one_time_item_id,
        items.subscription_id,
        items.charge_id,
        items.account_id,
        items.entity_id,
        items.payer_account_id,
        items.currency,
        items.plan_id,
        items.service_start,
        items.service_end,
        items.quantity,
        items.unit,
        items.event_count,
        items.proration_numerator,
        items.proration_denominator,
        items.given_amount,
        items.given_description,
        items.given_tax_code,
        items.due_on,
        items.bill_date,
        charges.model as charge_model,
        greatest(items.quantity - charges.included_units, 0) as billed_units,
        least(items.quantity, charges.included_units) as included_units,
        case
            when negotiated.charge_id is not null
                then negotiated.subscription_id
            else listed.subscription_id
        end as price_subscription_id,
        coalesce(negotiated.valid_from, listed.valid_from) as price_valid_from,
        case
            when negotiated.charge_id is not null
                then negotiated.price_error
            else listed.price_error
        end as price_error
    from items
    left join charges on items.charge_id = charges.charge_id
    left join price_sets as listed
        on
            items.charge_id = listed.charge_id
            and items.currency = listed.currency
            and listed.subscription_id = ''
            and items.service_start >= listed.valid_from
            and items.service_start < listed.valid_until
    left join price_sets as negotiated
        on
            items.charge_id = negotiated.charge_id
            and items.currency = negotiated.currency
            and items.subscription_id = negotiated.subscription_id
            and items.service_start >= negotiated.valid_from
            and items.service_start < negotiated.valid_until
)

select * from priced
