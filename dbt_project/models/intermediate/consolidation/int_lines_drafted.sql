{# Grain: one row per line_id. #}

{% set group_terms = [
    'items.entity_id', 'items.payer_account_id', 'items.currency',
    'items.payment_method', 'items.payment_terms_days',
    'items.purchase_order', 'items.invoice_group',
    'items.own_subscription_id', 'payers_in_run.bill_date',
] %}

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
    bill date: lines that differ in one of them never share a document. Nor
    does anything stand beside what is outside the scope of VAT (EN 16931
    BR-O-11 to BR-O-14).
#}
grouped as (
    select
        items.*,
        payers_in_run.bill_date,
        coalesce(items.tax_category, '') = 'O' as is_out_of_scope,
        case items.tax_category
            when 'O' then {{ stable_key(group_terms + ["'O'"]) }}
            else {{ stable_key(group_terms) }}
        end as invoice_id
    from items
    inner join payers_in_run
        on items.payer_account_id = payers_in_run.payer_account_id
    left join held_payers
        on items.payer_account_id = held_payers.payer_account_id
    where held_payers.payer_account_id is null
),

{# A line allowance stands under the line that it discounts. #}
placed as (
    select
        *,
        coalesce(discounted_item_id, item_id) as shown_with_item_id,
        min(
            case item_kind
                when 'one_time' then 1
                when 'recurring' then 2
                when 'usage' then 3
                else 4
            end
        ) over (
            partition by invoice_id, coalesce(discounted_item_id, item_id)
        ) as kind_place
    from grouped
),

{#
    An adjustment bills the difference: quantity 1 or -1 at the absolute
    difference, so that quantity times price is the amount.
#}
drafted as (
    select
        {{ stable_key(['placed.invoice_id', 'placed.item_id']) }} as line_id,
        placed.invoice_id,
        row_number() over (
            partition by placed.invoice_id
            order by
                coalesce(placed.allowance_level, '') = 'invoice',
                placed.account_id != placed.payer_account_id,
                placed.account_id,
                placed.service,
                placed.subscription_id,
                placed.kind_place,
                placed.service_start,
                placed.charge_id,
                placed.shown_with_item_id,
                placed.discounted_item_id is not null,
                placed.item_id
        ) as line_number,
        placed.item_id,
        placed.entity_id,
        placed.payer_account_id,
        placed.payment_method,
        placed.payment_terms_days,
        placed.purchase_order,
        placed.invoice_group,
        placed.own_subscription_id,
        placed.is_out_of_scope,
        placed.bill_date,
        placed.account_id,
        accounts.name as account_name,
        placed.subscription_id,
        placed.plan_id,
        placed.plan_name,
        placed.charge_id,
        placed.group_value,
        placed.service,
        placed.description,
        case
            when placed.corrects_invoice_id is not null then 'adjustment'
            else placed.item_kind
        end as line_type,
        placed.charge_model,
        placed.service_start,
        placed.service_end,
        case
            when placed.corrects_invoice_id is null then placed.quantity
            else cast(sign(placed.difference) as decimal(38, 12))
        end as quantity,
        case
            when placed.corrects_invoice_id is null
                then coalesce(placed.included_units, 0)
            else 0
        end as included_units,
        case when placed.corrects_invoice_id is null then placed.unit end
            as unit,
        case
            when placed.corrects_invoice_id is null then placed.unit_price
            else cast(abs(placed.difference) as decimal(38, 12))
        end as unit_price,
        placed.proration_numerator,
        placed.proration_denominator,
        placed.difference as net_amount,
        placed.previous_worth,
        placed.present_worth,
        placed.currency,
        placed.tax_category,
        placed.tax_rate,
        placed.exemption_reason,
        placed.corrects_invoice_id,
        case
            when
                placed.corrects_invoice_id is null
                or placed.item_kind = 'true_up'
                then placed.price_breakdown
        end as price_breakdown,
        case
            when
                placed.corrects_invoice_id is null
                or placed.item_kind = 'true_up'
                then placed.pricing_basis
        end as pricing_basis,
        placed.price_subscription_id,
        placed.price_valid_from,
        placed.allowance_id,
        placed.allowance_level
    from placed
    inner join accounts on placed.account_id = accounts.account_id
)

select * from drafted
