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

{# The rate is that of the item's own bill date, for corrections too. #}
categorised as (
    select
        items.*,
        positions.reason_language,
        coalesce(
            items.billed_tax_category,
            nullif(positions.tax_position, 'rate'),
            tax_rates.category
        ) as tax_category,
        case
            when items.billed_tax_category is not null
                then items.billed_tax_rate
            when positions.tax_position = 'rate' then tax_rates.rate
            else 0
        end as tax_rate,
        case
            when items.billed_tax_category is not null
                then items.billed_exemption_reason
            when positions.tax_position = 'E'
                then positions.tax_exemption_reason
            when positions.tax_position = 'rate'
                then tax_rates.exemption_reason
        end as given_reason,
        case
            when items.billed_tax_category is null
                and positions.tax_position = 'rate'
                and tax_rates.tax_code is null
                then 'no tax rate ' || items.tax_code || ' for '
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

{# Wherever the tax is zero, the legal reason is printed (BR-E-10 and kin). #}
taxed as (
    select
        categorised.* exclude (given_reason, reason_language, tax_rate),
        cast(categorised.tax_rate as decimal(9, 4)) as tax_rate,
        case
            when categorised.tax_category != 'S'
                then coalesce(categorised.given_reason, reasons.reason)
        end as exemption_reason
    from categorised
    left join reasons
        on
            categorised.tax_category = reasons.tax_category
            and categorised.reason_language = reasons.language
)

select * from taxed
