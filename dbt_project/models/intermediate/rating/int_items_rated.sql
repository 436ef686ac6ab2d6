{# Grain: one row per item_id. #}

with

items as (
    select * from {{ ref('int_items_priced') }}
),

totals as (
    select * from {{ ref('int_totals_rated') }}
),

shares as (
    select * from {{ ref('int_pools_split') }}
),

obstacles as (
    select * from {{ ref('int_charge_obstacles') }}
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
        charges.maximum_amount,
        coalesce(charges.proration, entities.proration) as proration
    from items
    inner join entities on items.entity_id = entities.entity_id
    left join charges on items.charge_id = charges.charge_id
    where items.given_amount is null
),

{#
    exact_amount is the price of the whole, unrounded. An item for which it
    cannot be said has a rating_error instead, and holds its payer.
#}
rated as (
    select
        items.*,
        totals.billed_units,
        totals.price_breakdown as tier_breakdown,
        totals.tier_count,
        totals.has_unit_price_alone,
        totals.unit_price as tier_unit_price,
        totals.flat_price as tier_flat_price,
        currencies.minor_units,
        bounds.minimum_numerator,
        bounds.minimum_denominator,
        bounds.minimum_amount,
        bounds.maximum_amount,
        shares.share_amount,
        before.rounded_amount as amount_before,
        case
            when items.given_amount is not null
                then try_cast(items.given_amount as decimal(38, 24))
            else totals.exact_amount
        end as exact_amount,
        case
            when currencies.currency is null
                then 'currency ' || items.currency || ' is unknown'
            when abs(items.given_amount) >= 100000000000000
                then
                    'a one-time charge: the amount is beyond '
                    || '100,000,000,000,000'
            when items.given_amount is not null then null
            when charges.charge_id is null
                then
                    'charge ' || coalesce(items.charge_id, '')
                    || ' of a one-time charge is unknown'
            when obstacles.charge_id is not null then obstacles.obstacle
            when
                bounds.proration != 'actual'
                and (
                    items.proration_numerator != items.proration_denominator
                    or (
                        bounds.minimum_amount is not null
                        and bounds.minimum_numerator
                        != bounds.minimum_denominator
                    )
                )
                then
                    'charge ' || items.charge_id || ': proration '
                    || bounds.proration || ' is not billed yet'
            when items.rating_fit in ('part', 'free')
                then
                    'charge ' || items.charge_id
                    || ': its rating period is not a whole number of cycles'
            when
                items.price_valid_from is null
                and items.charge_model != 'dynamic'
                then
                    'charge ' || items.charge_id || ' has no price in '
                    || items.currency
            when items.price_error is not null
                then
                    'price of charge ' || items.charge_id || ' in '
                    || items.currency || ': ' || items.price_error
            when items.is_priced_by_event and items.is_pooled
                then
                    'charge ' || items.charge_id
                    || ': prices of single events are not pooled'
            when
                items.is_out_of_range
                or totals.is_out_of_range
                or before.is_out_of_range
                or (items.is_pooled and shares.share_amount is null)
                then
                    'charge ' || items.charge_id
                    || ': the amount is beyond 100,000,000,000,000'
        end as rating_error
    from items
    left join bounds on items.item_id = bounds.item_id
    left join totals
        on
            items.rating_key = totals.rating_key
            and totals.side = 'through'
    left join totals as before
        on
            items.rating_key = before.rating_key
            and before.side = 'before'
    left join shares on items.item_id = shares.item_id
    left join charges on items.charge_id = charges.charge_id
    left join obstacles on items.charge_id = obstacles.charge_id
    left join currencies on items.currency = currencies.currency
),

{#
    A line's net amount is rounded once, to the currency's minor unit. The
    rounding keeps the order of amounts, so it may come before the bounds.
#}
rounded as (
    select
        *,
        case
            when rating_error is not null then null
            when is_pooled then share_amount
            else {{ amount_times_ratio(
                'exact_amount', 'proration_numerator',
                'proration_denominator', 'minor_units'
            ) }}
        end as priced_amount,
        case
            when rating_error is null and minimum_amount is not null
                then {{ amount_times_ratio(
                    'minimum_amount', 'minimum_numerator',
                    'minimum_denominator', 'minor_units'
                ) }}
        end as least_amount,
        case
            when rating_error is null and maximum_amount is not null
                then {{ amount_times_ratio(
                    'maximum_amount', 'proration_numerator',
                    'proration_denominator', 'minor_units'
                ) }}
        end as greatest_amount
    from rated
),

bounded as (
    select
        *,
        least(greatest(priced_amount, least_amount), greatest_amount)
            as amount_through,
        case
            when amount_before is not null
                then least(amount_before, greatest_amount)
            else 0
        end as bounded_before
    from rounded
),

worths as (
    select
        item_id,
        group_value,
        item_kind,
        one_time_item_id,
        subscription_id,
        charge_id,
        account_id,
        entity_id,
        payer_account_id,
        currency,
        plan_id,
        service_start,
        service_end,
        quantity,
        unit,
        event_count,
        proration_numerator,
        proration_denominator,
        given_amount,
        given_description,
        given_tax_code,
        due_on,
        bill_date,
        charge_model,
        rating_start,
        is_pooled,
        billed_units,
        price_subscription_id,
        price_valid_from,
        price_error,
        minor_units,
        rating_error,
        case when rating_error is null then exact_amount end as exact_amount,
        cast(
            amount_through - bounded_before as decimal(38, 4)
        ) as net_amount,
        case
            when
                is_pooled
                or rating_start is not null
                or is_priced_by_event
                or charge_model = 'dynamic'
                or (charge_model = 'flat' and item_kind != 'usage')
                then cast(0 as decimal(38, 12))
            else least(quantity, included_units)
        end as included_units,
        case
            when amount_through > priced_amount then 'minimum'
            when amount_through < priced_amount then 'maximum'
            when is_pooled then 'pool'
            when rating_start is not null then 'rating_period'
            when is_priced_by_event or charge_model = 'dynamic' then 'events'
        end as pricing_basis,
        case
            when given_amount is not null then given_amount
            when charge_model = 'flat' and quantity = 1
                then coalesce(tier_flat_price, tier_unit_price)
            when charge_model in ('per_unit', 'graduated', 'volume')
            and tier_count = 1 and has_unit_price_alone
                then tier_unit_price
        end as simple_unit_price,
        tier_breakdown
    from bounded
),

{#
    A line shows a unit price when its amount is quantity × price, else how
    its amount came about.
#}
shown as (
    select
        * exclude (simple_unit_price, tier_breakdown),
        case when pricing_basis is null then simple_unit_price end
            as unit_price,
        case
            when given_amount is not null then null
            when
                simple_unit_price is not null
                and included_units = 0
                and pricing_basis is null
                then null
            else tier_breakdown
        end as price_breakdown
    from worths
)

select * from shown
