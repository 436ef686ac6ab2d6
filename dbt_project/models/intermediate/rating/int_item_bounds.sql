{# Grain: one row per item_id that a price table prices. #}

with

items as (
    select * from {{ ref('int_items_priced') }}
),

usage_parts as (
    select
        *,
        'usage' as item_kind
    from {{ ref('int_usage_parts') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

{#
    Minimum and maximum of a held quantity follow its part of the period. Of
    usage the minimum follows the active days, of the rating period where
    there is one, and the maximum is whole.
#}
bounds as (
    select
        items.item_id,
        items.proration_numerator,
        items.proration_denominator,
        currencies.minor_units,
        charges.maximum_amount,
        case
            when items.rating_start is null or items.is_last_of_rating
                then charges.minimum_amount
        end as minimum_amount,
        coalesce(usage_parts.minimum_numerator, items.proration_numerator)
            as minimum_numerator,
        coalesce(usage_parts.minimum_denominator, items.proration_denominator)
            as minimum_denominator
    from items
    left join charges on items.charge_id = charges.charge_id
    left join currencies on items.currency = currencies.currency
    left join usage_parts
        on
            items.item_kind = usage_parts.item_kind
            and items.subscription_id = usage_parts.subscription_id
            and items.charge_id = usage_parts.charge_id
            and items.service_start = usage_parts.service_start
    where items.given_amount is null
),

{# Rounded like the amounts that they bind. #}
rounded as (
    select
        item_id,
        {{ amount_times_ratio(
            'minimum_amount', 'minimum_numerator', 'minimum_denominator',
            'minor_units'
        ) }} as least_amount,
        {{ amount_times_ratio(
            'maximum_amount', 'proration_numerator', 'proration_denominator',
            'minor_units'
        ) }} as greatest_amount
    from bounds
)

select * from rounded
