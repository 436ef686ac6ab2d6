{# Grain: one row per invoice_id that the bill run issues. #}

with

drafts as (
    select * from {{ ref('int_documents_drafted') }}
),

drawdowns as (
    select * from {{ ref('int_drawdowns_drafted') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

accounts as (
    select * from {{ ref('stg_accounts') }}
),

issued_documents as (
    select * from {{ source('issued', 'documents') }}
),

last_position as (
    select coalesce(max(ledger_position), 0) as ledger_position
    from issued_documents
),

last_numbers as (
    select
        entity_id,
        document_type,
        series_year,
        max(series_number) as series_number
    from issued_documents
    group by entity_id, document_type, series_year
),

prepaid as (
    select
        invoice_id,
        sum(drawn_amount) as prepaid_amount
    from drawdowns
    group by invoice_id
),

ordered as (
    select
        drafts.*,
        cast(coalesce(prepaid.prepaid_amount, 0) as decimal(38, 4))
            as prepaid_amount,
        cast(extract(year from drafts.issue_date) as integer) as series_year,
        row_number() over (
            partition by
                drafts.entity_id,
                drafts.document_type,
                extract(year from drafts.issue_date)
            order by drafts.place_in_run
        ) as place_in_series
    from drafts
    left join prepaid on drafts.invoice_id = prepaid.invoice_id
),

{# A view: the numbers are allocated in the transaction that appends them. #}
numbered as (
    select
        last_position.ledger_position + ordered.place_in_run as ledger_position,
        ordered.invoice_id,
        case ordered.document_type
            when 'invoice' then entities.invoice_prefix
            else entities.credit_note_prefix
        end as number_prefix,
        ordered.document_type,
        ordered.series_year,
        cast(
            coalesce(last_numbers.series_number, 0) + ordered.place_in_series
            as integer
        ) as series_number,
        ordered.entity_id,
        ordered.payer_account_id as account_id,
        ordered.currency,
        ordered.minor_units,
        ordered.bill_date,
        ordered.issue_date,
        ordered.due_date,
        ordered.period_start,
        ordered.period_end,
        ordered.payment_method,
        ordered.payment_terms_days,
        ordered.purchase_order,
        ordered.invoice_group,
        ordered.own_subscription_id,
        cast(ordered.line_count as integer) as line_count,
        ordered.net_amount,
        ordered.allowance_amount,
        ordered.tax_amount,
        ordered.total_amount,
        ordered.prepaid_amount,
        cast(ordered.total_amount - ordered.prepaid_amount as decimal(38, 4))
            as due_amount,
        ordered.accounting_currency,
        ordered.exchange_rate,
        ordered.accounting_tax_amount,
        {{ json_row('entities') }} as seller,
        {{ json_row('accounts') }} as buyer
    from ordered
    cross join last_position
    inner join entities on ordered.entity_id = entities.entity_id
    inner join accounts on ordered.payer_account_id = accounts.account_id
    left join last_numbers
        on
            ordered.entity_id = last_numbers.entity_id
            and ordered.document_type = last_numbers.document_type
            and ordered.series_year = last_numbers.series_year
),

{# Six digits at least: a longer number is never cut short. #}
to_issue as (
    select
        * exclude (number_prefix),
        number_prefix || cast(series_year as varchar) || '-'
        || repeat('0', 6 - length(cast(series_number as varchar)))
        || cast(series_number as varchar) as invoice_number
    from numbered
)

select * from to_issue
