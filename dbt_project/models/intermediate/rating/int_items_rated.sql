{# Grain: one row per item_id. #}

with

items as (
    select * from {{ ref('int_items_priced') }}
),

tiers as (
    select * from {{ ref('int_items_tiered') }}
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

tier_totals as (
    select
        item_id,
        sum(tier_amount) as tier_amount,
        count(*) as tier_count,
        bool_or(tier_amount is null) as is_out_of_range,
        bool_or(coalesce(flat_price, 0) != 0) as has_flat_price,
        max(unit_price) as unit_price,
        max(flat_price) as flat_price,
        {{ json_rows(
            [
                'tier_start', 'tier_end', 'tier_units', 'unit_price',
                'flat_price', 'tier_amount',
            ],
            'tier_number',
        ) }} as price_breakdown
    from tiers
    group by item_id
),

{#
    exact_amount is the price of the whole, unrounded. An item for which it
    cannot be said has a rating_error instead, and holds its payer.
#}
rated as (
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
        items.charge_model,
        items.billed_units,
        items.included_units,
        items.price_subscription_id,
        items.price_valid_from,
        items.price_error,
        currencies.minor_units,
        case
            when items.given_amount is not null
                then try_cast(items.given_amount as decimal(38, 24))
            when tier_totals.item_id is null
                then cast(0 as decimal(38, 24))
            else tier_totals.tier_amount
        end as exact_amount,
        case
            when items.given_amount is not null then items.given_amount
            when items.charge_model = 'flat' and items.quantity = 1
                then coalesce(tier_totals.flat_price, tier_totals.unit_price)
            when items.charge_model = 'flat' then null
            when tier_totals.tier_count = 1 and not tier_totals.has_flat_price
                then tier_totals.unit_price
        end as unit_price,
        case
            when
                items.charge_model = 'flat'
                and items.quantity = 1
                and items.included_units = 0
                then null
            when
                items.charge_model = 'flat'
                or tier_totals.tier_count > 1
                or tier_totals.has_flat_price
                or items.included_units > 0
                then tier_totals.price_breakdown
        end as price_breakdown,
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
                items.item_kind = 'recurring'
                and coalesce(charges.proration, entities.proration) != 'actual'
                and items.proration_numerator != items.proration_denominator
                then
                    'charge ' || items.charge_id || ': proration '
                    || coalesce(charges.proration, entities.proration)
                    || ' is not billed yet'
            when items.price_valid_from is null
                then
                    'charge ' || items.charge_id || ' has no price in '
                    || items.currency
            when items.price_error is not null
                then
                    'price of charge ' || items.charge_id || ' in '
                    || items.currency || ': ' || items.price_error
            when tier_totals.is_out_of_range
                then
                    'charge ' || items.charge_id
                    || ': the amount is beyond 100,000,000,000,000'
        end as rating_error
    from items
    inner join entities on items.entity_id = entities.entity_id
    left join tier_totals on items.item_id = tier_totals.item_id
    left join charges on items.charge_id = charges.charge_id
    left join obstacles on items.charge_id = obstacles.charge_id
    left join currencies on items.currency = currencies.currency
),

{# A line's net amount is rounded once, to the currency's minor unit. #}
rounded as (
    select
        * replace (
            case when rating_error is null then exact_amount end
                as exact_amount
        ),
        case
            when rating_error is null
                then {{ amount_times_ratio(
                    'exact_amount', 'proration_numerator',
                    'proration_denominator', 'minor_units'
                ) }}
        end as net_amount
    from rated
)

select * from rounded
