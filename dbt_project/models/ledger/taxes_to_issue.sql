{# Grain: one row per invoice_id, tax_category, tax_rate that is issued. #}

with

drafts as (
    select * from {{ ref('int_taxes_drafted') }}
),

documents as (
    select * from {{ ref('documents_to_issue') }}
),

issued_taxes as (
    select * from {{ source('issued', 'taxes') }}
),

last_position as (
    select coalesce(max(ledger_position), 0) as ledger_position
    from issued_taxes
),

to_issue as (
    select
        drafts.invoice_id,
        drafts.tax_category,
        drafts.tax_rate,
        drafts.taxable_amount,
        drafts.tax_amount,
        drafts.exemption_reason,
        drafts.accounting_tax_amount,
        last_position.ledger_position + row_number() over (
            order by
                documents.ledger_position,
                drafts.tax_category,
                drafts.tax_rate
        ) as ledger_position
    from drafts
    inner join documents on drafts.invoice_id = documents.invoice_id
    cross join last_position
)

select * from to_issue
