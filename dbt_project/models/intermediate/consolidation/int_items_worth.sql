{# Grain: one row per item_id. #}

with

items as (
    select * from {{ ref('int_items_topped_up') }}
),

{# All that should have been billed, whatever makes it up. #}
worth as (
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
        billed_units,
        price_subscription_id,
        price_valid_from,
        price_error,
        minor_units,
        rating_error,
        net_amount,
        exact_amount,
        included_units,
        pricing_basis,
        unit_price,
        price_breakdown
    from items
)

select * from worth
