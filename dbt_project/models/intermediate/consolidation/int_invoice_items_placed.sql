{# Grain: one row per item_id of a day on which invoice allowances are used. #}

with

items as (
    select * from {{ ref('int_items_topped_up') }}
    where rating_error is null
),

in_force as (
    select * from {{ ref('int_allowances_in_force') }}
    where level = 'invoice'
),

subscriptions as (
    select * from {{ ref('stg_subscriptions') }}
),

accounts as (
    select * from {{ ref('stg_accounts') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
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

covered as (
    {{ allowances_covering('items', 'in_force', 'bill_date') }}
),

days as (
    select
        items.payer_account_id,
        items.entity_id,
        items.currency,
        items.bill_date
    from covered
    inner join items on covered.item_id = items.item_id
    group by
        items.payer_account_id, items.entity_id, items.currency,
        items.bill_date
),

{#
    A document is known by its place among those of its day, so that it stays
    the same when its terms change.
#}
placed as (
    select
        items.item_id,
        items.payer_account_id,
        items.entity_id,
        items.account_id,
        items.subscription_id,
        items.charge_id,
        items.currency,
        items.bill_date,
        items.service_start,
        items.service_end,
        items.minor_units,
        items.net_amount,
        coalesce(items.given_tax_code, charges.tax_code, 'standard')
            as tax_code,
        dense_rank() over (
            partition by
                items.payer_account_id, items.entity_id, items.currency,
                items.bill_date
            order by
                coalesce(subscriptions.payment_method, payer.payment_method),
                coalesce(
                    subscriptions.payment_terms_days, payer.payment_terms_days
                ),
                coalesce(
                    subscriptions.purchase_order, payer.purchase_order, ''
                ),
                coalesce(subscriptions.invoice_group, ''),
                case
                    when consumer.is_consolidated then ''
                    else coalesce(items.subscription_id, '')
                end
        ) as document_place
    from items
    inner join days
        on
            items.payer_account_id = days.payer_account_id
            and items.entity_id = days.entity_id
            and items.currency = days.currency
            and items.bill_date = days.bill_date
    inner join accounts as consumer
        on items.account_id = consumer.account_id
    inner join accounts as payer
        on items.payer_account_id = payer.account_id
    left join subscriptions
        on items.subscription_id = subscriptions.subscription_id
    left join charges on items.charge_id = charges.charge_id
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
        coalesce(
            nullif(positions.tax_position, 'rate'), tax_rates.category
        ) as tax_category,
        cast(
            case
                when positions.tax_position = 'rate' then tax_rates.rate
                else 0
            end
            as decimal(9, 4)
        ) as tax_rate,
        case positions.tax_position
            when 'E' then positions.tax_exemption_reason
            when 'rate' then tax_rates.exemption_reason
        end as given_reason,
        positions.reason_language
    from placed
    inner join positions
        on
            placed.payer_account_id = positions.payer_account_id
            and placed.entity_id = positions.entity_id
    left join tax_rates
        on
            placed.tax_code = tax_rates.tax_code
            and positions.buyer_country_code = tax_rates.country_code
            and placed.bill_date >= tax_rates.valid_from
            and placed.bill_date < tax_rates.valid_until
    where positions.tax_position != 'rate' or tax_rates.tax_code is not null
),

taxed as (
    select
        categorised.* exclude (given_reason, reason_language),
        {{ stable_key([
            'categorised.payer_account_id', 'categorised.entity_id',
            'categorised.currency', 'categorised.bill_date',
            'categorised.document_place',
        ]) }} as document_id,
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
