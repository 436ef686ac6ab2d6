{# Grain: one row per item_id that is due by its payer's bill date. #}

with

rated_items as (
    select * from {{ ref('int_items_rated') }}
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
        rated_items.item_id,
        rated_items.group_value,
        rated_items.item_kind,
        rated_items.one_time_item_id,
        rated_items.subscription_id,
        rated_items.charge_id,
        rated_items.account_id,
        rated_items.entity_id,
        rated_items.payer_account_id,
        rated_items.currency,
        rated_items.plan_id,
        rated_items.service_start,
        rated_items.service_end,
        rated_items.quantity,
        rated_items.unit,
        rated_items.event_count,
        rated_items.proration_numerator,
        rated_items.proration_denominator,
        rated_items.given_amount,
        rated_items.given_description,
        rated_items.given_tax_code,
        rated_items.due_on,
        rated_items.bill_date,
        rated_items.charge_model,
        rated_items.billed_units,
        rated_items.included_units,
        rated_items.price_subscription_id,
        rated_items.price_valid_from,
        rated_items.price_error,
        rated_items.minor_units,
        rated_items.exact_amount,
        rated_items.unit_price,
        rated_items.price_breakdown,
        rated_items.pricing_basis,
        rated_items.rating_error,
        rated_items.net_amount,
        payers_in_run.bill_date as run_bill_date,
        billed_items.billed_amount,
        billed_items.first_invoice_id
    from rated_items
    inner join payers_in_run
        on rated_items.payer_account_id = payers_in_run.payer_account_id
    left join billed_items on rated_items.item_id = billed_items.item_id
    left join out_of_reach on rated_items.item_id = out_of_reach.item_id
    where
        out_of_reach.item_id is null
        and rated_items.bill_date <= payers_in_run.bill_date
)

select * from due
