{# Grain: one row per line_id. #}
{{ config(materialized='view') }}

with

lines as (
    select * from {{ source('ledger', 'lines') }}
)

select
    invoice_id,
    line_number,
    line_id,
    item_id,
    account_id,
    subscription_id,
    charge_id,
    group_value,
    service,
    description,
    line_type,
    service_start,
    service_end,
    quantity,
    included_units,
    unit,
    unit_price,
    proration_numerator,
    proration_denominator,
    net_amount,
    previous_worth,
    present_worth,
    currency,
    tax_category,
    tax_rate,
    corrects_invoice_id,
    price_breakdown,
    pricing_basis,
    allowance_id,
    allowance_level
from lines
