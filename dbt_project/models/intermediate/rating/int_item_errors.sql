{# Grain: one row per item_id that cannot be priced. #}

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

currencies as (
    select * from {{ ref('currencies') }}
),

totals_out_of_range as (
    select rating_key
    from totals
    group by rating_key
    having bool_or(is_out_of_range)
),

{# It holds its payer, rather than being billed by another rule. #}
judged as (
    select
        items.item_id,
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
                or totals_out_of_range.rating_key is not null
                or (items.is_pooled and shares.share_amount is null)
                then
                    'charge ' || items.charge_id
                    || ': the amount is beyond 100,000,000,000,000'
        end as rating_error
    from items
    left join totals_out_of_range
        on items.rating_key = totals_out_of_range.rating_key
    left join shares on items.item_id = shares.item_id
    left join charges on items.charge_id = charges.charge_id
    left join obstacles on items.charge_id = obstacles.charge_id
    left join currencies on items.currency = currencies.currency
),

errors as (
    select * from judged
    where rating_error is not null
)

select * from errors
