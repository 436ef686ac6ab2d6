{# Grain: one row per item_id. #}

with

items as (
    select * from {{ ref('int_items_discounted') }}
),

true_ups as (
    select * from {{ ref('int_true_ups') }}
),

{# A true-up is an item like others, at the quantity 1. #}
items_of_true_ups as (
    select
        item_id,
        '' as group_value,
        'true_up' as item_kind,
        '' as one_time_item_id,
        subscription_id,
        account_id,
        entity_id,
        payer_account_id,
        currency,
        service_start,
        service_end,
        cast(1 as decimal(38, 12)) as quantity,
        cast(0 as bigint) as event_count,
        proration_numerator,
        proration_denominator,
        cast(missing_amount as decimal(38, 12)) as given_amount,
        description as given_description,
        service_end as due_on,
        bill_date,
        minor_units,
        missing_amount as net_amount,
        cast(missing_amount as decimal(38, 24)) as exact_amount,
        cast(0 as decimal(38, 12)) as included_units,
        'commitment' as pricing_basis,
        cast(missing_amount as decimal(38, 12)) as unit_price,
        price_breakdown
    from true_ups
),

unified as (
    select * from items
    union all by name
    select * from items_of_true_ups
),

topped_up as (
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
        exact_amount,
        included_units,
        pricing_basis,
        unit_price,
        price_breakdown,
        allowance_id,
        discounted_item_id,
        net_amount
    from unified
)

select * from topped_up
