{# Grain: one row per item_id that is due by its payer's bill date. #}

with

items as (
    select * from {{ ref('int_items_worth') }}
),

billed_items as (
    select * from {{ ref('int_items_billed') }}
),

payers_in_run as (
    select * from {{ ref('int_payers_in_run') }}
),

out_of_reach as (
    select * from {{ ref('int_items_out_of_reach') }}
),

{# What is due by the payer's bill date, and what was billed before. #}
due as (
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
        items.minor_units,
        items.exact_amount,
        items.unit_price,
        items.price_breakdown,
        items.pricing_basis,
        items.rating_error,
        items.net_amount,
        items.allowance_id,
        items.allowance_level,
        items.discounted_item_id,
        items.terms_account_id,
        items.terms_subscription_id,
        items.spread_tax_category,
        items.spread_tax_rate,
        items.spread_exemption_reason,
        payers_in_run.bill_date as run_bill_date,
        billed_items.billed_amount,
        billed_items.first_invoice_id
    from items
    inner join payers_in_run
        on items.payer_account_id = payers_in_run.payer_account_id
    left join billed_items on items.item_id = billed_items.item_id
    left join out_of_reach on items.item_id = out_of_reach.item_id
    where
        out_of_reach.item_id is null
        and items.bill_date <= payers_in_run.bill_date
)

select * from due
