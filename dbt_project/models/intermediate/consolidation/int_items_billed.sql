{# Grain: one row per item_id that was billed before. #}

with

lines as (
    select * from {{ source('issued', 'lines') }}
),

documents as (
    select * from {{ source('issued', 'documents') }}
),

payers as (
    select * from {{ ref('int_account_payers') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

settled as (
    select * from {{ ref('int_payers_settled') }}
),

usage_settled as (
    select * from {{ ref('int_usage_settled') }}
),

items as (
    select * from {{ ref('int_items_worth') }}
),

{# What is rated again, and what would be, if there still was such an item. #}
items_looked_at as (
    select item_id
    from items

    union

    select lines.item_id
    from lines
    inner join payers on lines.account_id = payers.account_id
    inner join usage_settled
        on payers.payer_account_id = usage_settled.payer_account_id
    where lines.service_end > usage_settled.settled_on
),

billed as (
    select
        lines.item_id,
        sum(lines.net_amount) as billed_amount,
        min_by(lines.invoice_id, lines.ledger_position)
            as first_invoice_id,
        bool_or(lines.line_type = 'true_up') as is_true_up,
        max(lines.ledger_position) as last_position
    from lines
    inner join items_looked_at on lines.item_id = items_looked_at.item_id
    group by lines.item_id
),

{# What the item's last line said of it, for an item that is no more. #}
described as (
    select
        billed.item_id,
        billed.billed_amount,
        billed.first_invoice_id,
        documents.account_id as payer_account_id,
        documents.entity_id,
        lines.account_id,
        lines.subscription_id,
        lines.plan_id,
        lines.plan_name,
        lines.charge_id,
        lines.group_value,
        lines.service,
        lines.description,
        lines.charge_model,
        lines.service_start,
        lines.service_end,
        lines.unit,
        lines.allowance_id,
        lines.allowance_level,
        lines.currency,
        lines.tax_category,
        lines.tax_rate,
        lines.exemption_reason,
        lines.service_end <= case
            when charges.kind = 'usage' or billed.is_true_up
                then usage_settled.settled_on
            else settled.settled_on
        end as is_settled
    from billed
    inner join lines on billed.last_position = lines.ledger_position
    inner join documents on lines.invoice_id = documents.invoice_id
    inner join payers on lines.account_id = payers.account_id
    inner join settled on payers.payer_account_id = settled.payer_account_id
    inner join usage_settled
        on payers.payer_account_id = usage_settled.payer_account_id
    left join charges on lines.charge_id = charges.charge_id
)

select * from described
