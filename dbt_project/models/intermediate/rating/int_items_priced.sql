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
    Tiers are shared by the payer's family where the charge says so, but for
    those who negotiated a price of their own; and by the windows of one
    rating period, whose price is that of the first of them.
#}
shared as (
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
        items.period_start,
        items.period_end,
        items.rating_fit,
        items.rating_start,
        items.rating_end,
        items.is_last_of_rating,
        items.active_days,
        items.is_out_of_range,
        items.quantity,
        items.event_amount,
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
        coalesce(charges.included_units, 0) as included_units,
        charges.pooled
        and items.item_kind = 'usage'
        and charges.model != 'dynamic'
        and own_price.charge_id is null as is_pooled,
        case
            when items.rating_start is null then items.service_start
            else min(items.service_start) over (
                partition by
                    items.subscription_id, items.charge_id, items.rating_start
            )
        end as first_start
    from items
    left join charges on items.charge_id = charges.charge_id
    left join price_sets as own_price
        on
            items.charge_id = own_price.charge_id
            and items.currency = own_price.currency
            and items.subscription_id = own_price.subscription_id
            and items.service_start >= own_price.valid_from
            and items.service_start < own_price.valid_until
),

{# What is priced together: the item by itself, or its pool. #}
grouped as (
    select
        *,
        case
            when is_pooled then {{ stable_key([
                "'pool'", 'payer_account_id', 'entity_id', 'charge_id',
                'currency', 'period_start', 'period_end', 'group_value',
            ]) }}
            else item_id
        end as rating_key
    from shared
),

dated as (
    select
        *,
        min(first_start) over (partition by rating_key) as priced_on
    from grouped
),

{#
    The price valid where the service starts. A negotiated price replaces the
    whole table of the list from its first day on, and shared tiers have none.
    A condition on dated alone, outside the equality, would compare every item
    with every price.
#}
priced as (
    select
        dated.item_id,
        dated.group_value,
        dated.item_kind,
        dated.one_time_item_id,
        dated.subscription_id,
        dated.charge_id,
        dated.account_id,
        dated.entity_id,
        dated.payer_account_id,
        dated.currency,
        dated.plan_id,
        dated.service_start,
        dated.service_end,
        dated.period_start,
        dated.period_end,
        dated.rating_fit,
        dated.rating_start,
        dated.rating_end,
        dated.is_last_of_rating,
        dated.active_days,
        dated.is_out_of_range,
        dated.quantity,
        dated.event_amount,
        dated.unit,
        dated.event_count,
        dated.proration_numerator,
        dated.proration_denominator,
        dated.given_amount,
        dated.given_description,
        dated.given_tax_code,
        dated.due_on,
        dated.bill_date,
        dated.charge_model,
        dated.included_units,
        dated.is_pooled,
        dated.rating_key,
        dated.priced_on,
        case
            when negotiated.charge_id is not null
                then negotiated.subscription_id
            else listed.subscription_id
        end as price_subscription_id,
        case
            when negotiated.charge_id is not null then negotiated.valid_from
            else listed.valid_from
        end as price_valid_from,
        case
            when negotiated.charge_id is not null
                then negotiated.price_error
            else listed.price_error
        end as price_error,
        case
            when negotiated.charge_id is not null
                then negotiated.is_priced_by_event
            else coalesce(listed.is_priced_by_event, false)
        end as is_priced_by_event
    from dated
    left join price_sets as listed
        on
            dated.charge_id = listed.charge_id
            and dated.currency = listed.currency
            and listed.subscription_id = ''
            and dated.priced_on >= listed.valid_from
            and dated.priced_on < listed.valid_until
    left join price_sets as negotiated
        on
            dated.charge_id = negotiated.charge_id
            and dated.currency = negotiated.currency
            and case when not dated.is_pooled then dated.subscription_id end
            = negotiated.subscription_id
            and dated.priced_on >= negotiated.valid_from
            and dated.priced_on < negotiated.valid_until
)

select * from priced
