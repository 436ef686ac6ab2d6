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

item_bounds as (
    select * from {{ ref('int_item_bounds') }}
),

errors as (
    select * from {{ ref('int_item_errors') }}
),

currencies as (
    select * from {{ ref('currencies') }}
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
        item_bounds.least_amount,
        item_bounds.greatest_amount,
        shares.share_amount,
        total_before.rounded_amount as amount_before,
        errors.rating_error,
        case
            when items.given_amount is not null
                then try_cast(items.given_amount as decimal(38, 24))
            else totals.exact_amount
        end as exact_amount
    from items
    left join item_bounds on items.item_id = item_bounds.item_id
    left join errors on items.item_id = errors.item_id
    left join totals
        on
            items.rating_key = totals.rating_key
            and totals.side = 'through'
    left join totals as total_before
        on
            items.rating_key = total_before.rating_key
            and total_before.side = 'before'
    left join shares on items.item_id = shares.item_id
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
        end as priced_amount
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
        priced_amount,
        amount_before,
        least_amount,
        greatest_amount,
        tier_breakdown,
        cast(amount_through - bounded_before as decimal(38, 4)) as net_amount,
        case when rating_error is null then exact_amount end as exact_amount,
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
            when
                charge_model in ('per_unit', 'graduated', 'volume')
                and tier_count = 1
                and has_unit_price_alone
                then tier_unit_price
        end as simple_unit_price
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
