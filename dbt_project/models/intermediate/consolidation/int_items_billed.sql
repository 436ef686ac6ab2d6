{# Grain: one row per item_id that was billed before. #}

with

lines as (
    select * from {{ source('issued', 'lines') }}
),

documents as (
    select * from {{ source('issued', 'documents') }}
),

billed as (
    select
        lines.item_id,
        sum(lines.net_amount) as billed_amount,
        min_by(lines.invoice_id, lines.ledger_position)
            as first_invoice_id,
        max(lines.ledger_position) as last_position
    from lines
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
        documents.payment_method,
        documents.payment_terms_days,
        documents.purchase_order,
        documents.invoice_group,
        documents.own_subscription_id,
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
        lines.currency,
        lines.tax_category,
        lines.tax_rate,
        lines.exemption_reason
    from billed
    inner join lines on billed.last_position = lines.ledger_position
    inner join documents on lines.invoice_id = documents.invoice_id
)

select * from described
