{# Grain: one row per item_id. #}

with

items as (
    select * from {{ ref('int_items_topped_up') }}
),

invoice_allowances as (
    select * from {{ ref('int_invoice_allowances_spread') }}
),

{# All that should have been billed, whatever makes it up. #}
unified as (
    select
        *,
        case when allowance_id is not null then 'line' end as allowance_level
    from items

    union all by name

    select
        *,
        'invoice' as allowance_level
    from invoice_allowances
),

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
        price_breakdown,
        allowance_id,
        allowance_level,
        discounted_item_id,
        terms_account_id,
        terms_subscription_id,
        spread_tax_category,
        spread_tax_rate,
        spread_exemption_reason
    from unified
)

select * from worth
