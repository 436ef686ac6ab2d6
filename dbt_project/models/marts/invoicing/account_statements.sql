{# Grain: one row per invoice_id, account_id. #}
{{ config(materialized='view') }}

with

documents as (
    select * from {{ source('ledger', 'documents') }}
),

lines as (
    select * from {{ source('ledger', 'lines') }}
),

tax_shares as (
    select * from {{ ref('account_statement_taxes') }}
),

line_counts as (
    select
        invoice_id,
        account_id,
        max_by(account_name, ledger_position) as account_name,
        count(*) as line_count
    from lines
    group by invoice_id, account_id
),

shares as (
    select
        invoice_id,
        account_id,
        sum(taxable_amount) as net_amount,
        sum(tax_amount) as tax_amount
    from tax_shares
    group by invoice_id, account_id
),

{# What each account of a family has in the document that its payer received. #}
statements as (
    select
        documents.invoice_id,
        documents.invoice_number,
        documents.document_type,
        documents.entity_id,
        shares.account_id,
        line_counts.account_name,
        documents.account_id as payer_account_id,
        documents.bill_date,
        documents.issue_date,
        documents.currency,
        line_counts.line_count,
        cast(shares.net_amount as decimal(38, 4)) as net_amount,
        cast(shares.tax_amount as decimal(38, 4)) as tax_amount,
        cast(shares.net_amount + shares.tax_amount as decimal(38, 4))
            as total_amount
    from shares
    inner join documents on shares.invoice_id = documents.invoice_id
    inner join line_counts
        on
            shares.invoice_id = line_counts.invoice_id
            and shares.account_id = line_counts.account_id
)

select
    invoice_id,
    invoice_number,
    document_type,
    entity_id,
    account_id,
    account_name,
    payer_account_id,
    bill_date,
    issue_date,
    currency,
    line_count,
    net_amount,
    tax_amount,
    total_amount
from statements
