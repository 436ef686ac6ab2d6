{# Grain: one row per item_id that a price table prices. #}

with

items as (
    select * from {{ ref('int_items_priced') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
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
            when items.item_kind = 'usage' then items.active_days
            else items.proration_numerator
        end as minimum_numerator,
        case
            when items.item_kind = 'usage'
                then
                    coalesce(items.rating_end, items.period_end)
                    - coalesce(items.rating_start, items.period_start)
            else items.proration_denominator
        end as minimum_denominator,
        case
            when items.rating_start is null or items.is_last_of_rating
                then charges.minimum_amount
        end as minimum_amount,
        coalesce(charges.proration, entities.proration) as proration
    from items
    inner join entities on items.entity_id = entities.entity_id
    left join charges on items.charge_id = charges.charge_id
    left join currencies on items.currency = currencies.currency
    where items.given_amount is null
),

{# Rounded like the amounts that they bind. #}
rounded as (
    select
        item_id,
        minimum_numerator,
        minimum_denominator,
        minimum_amount,
        maximum_amount,
        proration,
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
