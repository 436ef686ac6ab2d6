{# Grain: one row per item_id of a day on which invoice allowances are used. #}

with

items as (
    select * from {{ ref('int_items_topped_up') }}
    where rating_error is null
),

standing as (
    select * from {{ ref('int_items_standing') }}
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
        items.discounted_item_id,
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
        case
            when standing.item_id is null then items.net_amount
            else standing.standing_amount
        end as net_amount,
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
    left join standing on items.item_id = standing.item_id
)

select * from placed
