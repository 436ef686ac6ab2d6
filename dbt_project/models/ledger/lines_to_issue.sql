{# Grain: one row per line_id that the bill run issues. #}

with

drafts as (
    select * from {{ ref('int_lines_drafted') }}
),

documents as (
    select * from {{ ref('documents_to_issue') }}
),

issued_lines as (
    select * from {{ source('issued', 'lines') }}
),

last_position as (
    select coalesce(max(ledger_position), 0) as ledger_position
    from issued_lines
),

{# Lines of a document that is carried forward are not issued. #}
to_issue as (
    select
        drafts.line_id,
        drafts.invoice_id,
        cast(drafts.line_number as integer) as line_number,
        drafts.item_id,
        drafts.account_id,
        drafts.account_name,
        drafts.subscription_id,
        drafts.plan_id,
        drafts.plan_name,
        drafts.charge_id,
        drafts.group_value,
        drafts.service,
        drafts.description,
        drafts.line_type,
        drafts.charge_model,
        drafts.service_start,
        drafts.service_end,
        drafts.quantity,
        drafts.included_units,
        drafts.unit,
        drafts.unit_price,
        drafts.proration_numerator,
        drafts.proration_denominator,
        drafts.net_amount,
        drafts.previous_worth,
        drafts.present_worth,
        drafts.currency,
        drafts.tax_category,
        drafts.tax_rate,
        drafts.exemption_reason,
        drafts.corrects_invoice_id,
        drafts.price_breakdown,
        drafts.pricing_basis,
        drafts.price_subscription_id,
        drafts.price_valid_from,
        drafts.allowance_id,
        drafts.allowance_level,
        last_position.ledger_position + row_number() over (
            order by documents.ledger_position, drafts.line_number
        ) as ledger_position
    from drafts
    inner join documents on drafts.invoice_id = documents.invoice_id
    cross join last_position
)

select * from to_issue
