{# Grain: one row per invoice_id, credit_id, drawn_by_invoice_id. #}

with

drafts as (
    select * from {{ ref('int_drawdowns_drafted') }}
),

issued_drawdowns as (
    select * from {{ source('issued', 'drawdowns') }}
),

last_position as (
    select coalesce(max(ledger_position), 0) as ledger_position
    from issued_drawdowns
),

to_issue as (
    select
        drafts.invoice_id,
        drafts.credit_id,
        drafts.drawn_by_invoice_id,
        drafts.account_id,
        drafts.currency,
        drafts.drawn_amount,
        drafts.balance_amount,
        drafts.granted_amount,
        drafts.granted_on,
        drafts.expires_on,
        drafts.description,
        last_position.ledger_position + drafts.place_in_run
            as ledger_position
    from drafts
    cross join last_position
)

select * from to_issue
