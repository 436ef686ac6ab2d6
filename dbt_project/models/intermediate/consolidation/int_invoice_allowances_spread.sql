{# Grain: one row per item_id: an invoice allowance in one category and rate. #}

with

taken as (
    select * from {{ ref('int_invoice_allowances_taken') }}
),

placed as (
    select * from {{ ref('int_invoice_allowances_placed') }}
),

items as (
    select * from {{ ref('int_invoice_items_taxed') }}
),

allowances as (
    select * from {{ ref('stg_allowances') }}
),

{# Any item of a document says which terms it has. #}
documents as (
    select
        document_id,
        payer_account_id,
        entity_id,
        currency,
        bill_date,
        document_place,
        minor_units,
        min_by(account_id, item_id) as terms_account_id,
        min_by(coalesce(subscription_id, ''), item_id) as subscription_id
    from items
    group by
        document_id, payer_account_id, entity_id, currency, bill_date,
        document_place, minor_units
),

covered as (
    select
        placed.allowance_id,
        placed.document_id,
        items.tax_category,
        items.tax_rate,
        min(items.account_id) as first_account_id,
        max(items.account_id) as last_account_id,
        min(items.exemption_reason) as exemption_reason,
        min(items.service_start) as service_start,
        max(items.service_end) as service_end
    from placed
    inner join items on placed.item_id = items.item_id
    group by
        placed.allowance_id, placed.document_id, items.tax_category,
        items.tax_rate
),

{#
    On the document from which it is taken; the payer's, unless one account
    consumed all that it covers. Worked: what is left of an invoice of 30.00
    with 50.00 off is 0.00, and 40.00 of the same month that arrive late bill
    20.00 more.
#}
spread as (
    select
        documents.entity_id,
        documents.payer_account_id,
        documents.currency,
        documents.bill_date,
        documents.minor_units,
        documents.terms_account_id,
        taken.allowance_id,
        taken.document_id,
        covered.service_start,
        covered.service_end,
        covered.tax_category as spread_tax_category,
        covered.tax_rate as spread_tax_rate,
        covered.exemption_reason as spread_exemption_reason,
        documents.bill_date as due_on,
        '' as group_value,
        '' as one_time_item_id,
        'allowance' as item_kind,
        case
            when covered.first_account_id = covered.last_account_id
                then covered.first_account_id
            else documents.payer_account_id
        end as account_id,
        nullif(documents.subscription_id, '') as terms_subscription_id,
        {{ stable_key([
            "'invoice allowance'", 'taken.allowance_id',
            'documents.entity_id', 'documents.payer_account_id',
            'documents.currency', 'documents.bill_date',
            'documents.document_place', 'taken.tax_category',
            'taken.tax_rate',
        ]) }} as item_id,
        coalesce(allowances.description, allowances.allowance_id)
            as given_description,
        cast(0 as bigint) as event_count,
        cast(1 as bigint) as proration_numerator,
        cast(1 as bigint) as proration_denominator,
        cast(-1 as decimal(38, 12)) as quantity,
        cast(0 as decimal(38, 12)) as included_units,
        cast(taken.allowance_amount as decimal(38, 12)) as unit_price,
        cast(-taken.allowance_amount as decimal(38, 4)) as net_amount
    from taken
    inner join documents on taken.document_id = documents.document_id
    inner join allowances on taken.allowance_id = allowances.allowance_id
    inner join covered
        on
            taken.allowance_id = covered.allowance_id
            and taken.document_id = covered.document_id
            and taken.tax_category = covered.tax_category
            and taken.tax_rate = covered.tax_rate
)

select * from spread
