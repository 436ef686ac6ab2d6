{# Grain: one row per line_id. #}

with

items as (
    select * from {{ ref('int_items_taxed') }}
),

errors as (
    select * from {{ ref('int_account_errors') }}
),

accounts as (
    select * from {{ ref('stg_accounts') }}
),

payers_in_run as (
    select * from {{ ref('int_payers_in_run') }}
),

held_payers as (
    select payer_account_id
    from errors
    group by payer_account_id
),

{#
    Seller, payer, currency, payment method, terms, purchase order, group and
    bill date: lines that differ in one of them never share a document.
#}
grouped as (
    select
        items.*,
        payers_in_run.bill_date,
        {{ stable_key([
            'items.entity_id', 'items.payer_account_id', 'items.currency',
            'items.payment_method', 'items.payment_terms_days',
            'items.purchase_order', 'items.invoice_group',
            'items.own_subscription_id', 'payers_in_run.bill_date',
        ]) }} as invoice_id
    from items
    inner join payers_in_run
        on items.payer_account_id = payers_in_run.payer_account_id
    left join held_payers
        on items.payer_account_id = held_payers.payer_account_id
    where held_payers.payer_account_id is null
),

{#
    An adjustment bills the difference: quantity 1 or -1 at the absolute
    difference, so that quantity times price is the amount.
#}
drafted as (
    select
        {{ stable_key(['grouped.invoice_id', 'grouped.item_id']) }} as line_id,
        grouped.invoice_id,
        row_number() over (
            partition by grouped.invoice_id
            order by
                grouped.account_id != grouped.payer_account_id,
                grouped.account_id,
                grouped.service,
                grouped.subscription_id,
                case grouped.item_kind
                    when 'one_time' then 1
                    when 'recurring' then 2
                    when 'usage' then 3
                    else 4
                end,
                grouped.service_start,
                grouped.charge_id,
                grouped.item_id
        ) as line_number,
        grouped.item_id,
        grouped.entity_id,
        grouped.payer_account_id,
        grouped.payment_method,
        grouped.payment_terms_days,
        grouped.purchase_order,
        grouped.invoice_group,
        grouped.own_subscription_id,
        grouped.bill_date,
        grouped.account_id,
        accounts.name as account_name,
        grouped.subscription_id,
        grouped.plan_id,
        grouped.plan_name,
        grouped.charge_id,
        grouped.group_value,
        grouped.service,
        grouped.description,
        case
            when grouped.corrects_invoice_id is not null then 'adjustment'
            else grouped.item_kind
        end as line_type,
        grouped.charge_model,
        grouped.service_start,
        grouped.service_end,
        case
            when grouped.corrects_invoice_id is null then grouped.quantity
            else cast(sign(grouped.difference) as decimal(38, 12))
        end as quantity,
        case
            when grouped.corrects_invoice_id is null
                then coalesce(grouped.included_units, 0)
            else 0
        end as included_units,
        case when grouped.corrects_invoice_id is null then grouped.unit end
            as unit,
        case
            when grouped.corrects_invoice_id is null then grouped.unit_price
            else cast(abs(grouped.difference) as decimal(38, 12))
        end as unit_price,
        grouped.proration_numerator,
        grouped.proration_denominator,
        grouped.difference as net_amount,
        grouped.previous_worth,
        grouped.present_worth,
        grouped.currency,
        grouped.tax_category,
        grouped.tax_rate,
        grouped.exemption_reason,
        grouped.corrects_invoice_id,
        case
            when
                grouped.corrects_invoice_id is null
                or grouped.item_kind = 'true_up'
                then grouped.price_breakdown
        end as price_breakdown,
        case
            when
                grouped.corrects_invoice_id is null
                or grouped.item_kind = 'true_up'
                then grouped.pricing_basis
        end as pricing_basis
    from grouped
    inner join accounts on grouped.account_id = accounts.account_id
)

select * from drafted
