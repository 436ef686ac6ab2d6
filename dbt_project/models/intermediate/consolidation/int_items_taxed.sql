{# Grain: one row per item_id of int_items_differing. #}

with

items as (
    select * from {{ ref('int_items_differing') }}
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

conversions as (
    select * from {{ ref('int_tax_conversions') }}
),

{#
    The rate is that of the item's own bill date; a correction has the tax of
    what it corrects.
#}
categorised as (
    select
        items.item_id,
        items.item_kind,
        items.payer_account_id,
        items.entity_id,
        items.account_id,
        items.subscription_id,
        items.plan_id,
        items.plan_name,
        items.charge_id,
        items.group_value,
        items.service,
        items.description,
        items.charge_model,
        items.service_start,
        items.service_end,
        items.quantity,
        items.included_units,
        items.unit,
        items.unit_price,
        items.proration_numerator,
        items.proration_denominator,
        items.price_breakdown,
        items.pricing_basis,
        items.price_subscription_id,
        items.price_valid_from,
        items.currency,
        items.tax_code,
        items.tax_date,
        items.payment_method,
        items.payment_terms_days,
        items.purchase_order,
        items.invoice_group,
        items.own_subscription_id,
        items.previous_worth,
        items.present_worth,
        items.corrects_invoice_id,
        items.billed_tax_category,
        items.billed_tax_rate,
        items.billed_exemption_reason,
        items.difference,
        items.allowance_id,
        items.allowance_level,
        items.discounted_item_id,
        positions.reason_language,
        {{ item_tax_category('items') }} as tax_category,
        {{ item_tax_rate('items') }} as tax_rate,
        {{ item_exemption_reason('items') }} as given_reason,
        case
            when
                items.billed_tax_category is null
                and positions.tax_position = 'rate'
                and tax_rates.tax_code is null
                then
                    'no tax rate ' || items.tax_code || ' for '
                    || positions.buyer_country_code || ' on '
                    || cast(items.tax_date as varchar)
        end as tax_error
    from items
    inner join positions
        on
            items.payer_account_id = positions.payer_account_id
            and items.entity_id = positions.entity_id
    left join tax_rates
        on
            items.tax_code = tax_rates.tax_code
            and positions.buyer_country_code = tax_rates.country_code
            and items.tax_date >= tax_rates.valid_from
            and items.tax_date < tax_rates.valid_until
),

{# Directive 2006/112/EC, article 230: VAT in the seller's currency. #}
taxed as (
    select
        categorised.item_id,
        categorised.item_kind,
        categorised.payer_account_id,
        categorised.entity_id,
        categorised.account_id,
        categorised.subscription_id,
        categorised.plan_id,
        categorised.plan_name,
        categorised.charge_id,
        categorised.group_value,
        categorised.service,
        categorised.description,
        categorised.charge_model,
        categorised.service_start,
        categorised.service_end,
        categorised.quantity,
        categorised.included_units,
        categorised.unit,
        categorised.unit_price,
        categorised.proration_numerator,
        categorised.proration_denominator,
        categorised.price_breakdown,
        categorised.pricing_basis,
        categorised.price_subscription_id,
        categorised.price_valid_from,
        categorised.currency,
        categorised.tax_code,
        categorised.tax_date,
        categorised.payment_method,
        categorised.payment_terms_days,
        categorised.purchase_order,
        categorised.invoice_group,
        categorised.own_subscription_id,
        categorised.previous_worth,
        categorised.present_worth,
        categorised.corrects_invoice_id,
        categorised.billed_tax_category,
        categorised.billed_tax_rate,
        categorised.billed_exemption_reason,
        categorised.difference,
        categorised.allowance_id,
        categorised.allowance_level,
        categorised.discounted_item_id,
        categorised.tax_category,
        categorised.tax_rate,
        {{ printed_exemption_reason() }} as exemption_reason,
        coalesce(
            categorised.tax_error,
            case
                when categorised.tax_rate > 0 then conversions.exchange_error
            end
        ) as tax_error
    from categorised
    left join reasons
        on
            categorised.tax_category = reasons.tax_category
            and categorised.reason_language = reasons.language
    left join conversions
        on
            categorised.entity_id = conversions.entity_id
            and categorised.currency = conversions.currency
)

select * from taxed
