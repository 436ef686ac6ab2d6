{# Grain: one row per item_id of a day on which invoice allowances are used. #}

with

placed as (
    select * from {{ ref('int_invoice_items_placed') }}
),

positions as (
    select * from {{ ref('int_payer_tax_positions') }}
),

tax_rates as (
    select * from {{ ref('int_tax_rates_valid') }}
),

reasons as (
    select * from {{ ref('tax_reasons') }}
),

lines as (
    select * from {{ source('issued', 'lines') }}
),

{#
    What was billed keeps the tax that it was billed with; a line allowance has
    the tax of what it discounts.
#}
billed as (
    select
        lines.item_id,
        max_by(lines.tax_category, lines.ledger_position)
            as billed_tax_category,
        max_by(lines.tax_rate, lines.ledger_position) as billed_tax_rate,
        max_by(lines.exemption_reason, lines.ledger_position)
            as billed_exemption_reason
    from lines
    inner join placed on lines.item_id = placed.item_id
    where placed.discounted_item_id is null
    group by lines.item_id
    having sum(lines.net_amount) != 0
),

{# An item without a rate holds its payer, and is not looked at here. #}
categorised as (
    select
        placed.item_id,
        placed.payer_account_id,
        placed.entity_id,
        placed.account_id,
        placed.subscription_id,
        placed.charge_id,
        placed.currency,
        placed.bill_date,
        placed.document_place,
        placed.service_start,
        placed.service_end,
        placed.minor_units,
        placed.net_amount,
        positions.reason_language,
        {{ item_tax_rate('billed') }} as tax_rate,
        {{ item_tax_category('billed') }} as tax_category,
        {{ item_exemption_reason('billed') }} as given_reason
    from placed
    inner join positions
        on
            placed.payer_account_id = positions.payer_account_id
            and placed.entity_id = positions.entity_id
    left join billed
        on
            coalesce(placed.discounted_item_id, placed.item_id)
            = billed.item_id
    left join tax_rates
        on
            placed.tax_code = tax_rates.tax_code
            and positions.buyer_country_code = tax_rates.country_code
            and placed.bill_date >= tax_rates.valid_from
            and placed.bill_date < tax_rates.valid_until
    where
        positions.tax_position != 'rate'
        or tax_rates.tax_code is not null
        or billed.item_id is not null
),

taxed as (
    select
        categorised.item_id,
        categorised.payer_account_id,
        categorised.entity_id,
        categorised.account_id,
        categorised.subscription_id,
        categorised.charge_id,
        categorised.currency,
        categorised.bill_date,
        categorised.document_place,
        categorised.service_start,
        categorised.service_end,
        categorised.minor_units,
        categorised.net_amount,
        categorised.tax_category,
        categorised.tax_rate,
        {{ stable_key([
            'categorised.payer_account_id', 'categorised.entity_id',
            'categorised.currency', 'categorised.bill_date',
            'categorised.document_place',
        ]) }} as document_id,
        {{ printed_exemption_reason() }} as exemption_reason
    from categorised
    left join reasons
        on
            categorised.tax_category = reasons.tax_category
            and categorised.reason_language = reasons.language
)

select * from taxed
