{# Grain: one row per account_id (payer), bill_date. #}

with

documents as (
    select * from {{ source('ledger', 'documents') }}
),

lines as (
    select * from {{ source('ledger', 'lines') }}
),

{#
    Without consolidation each subscription would get a document of its own,
    and so would an account's one-time charges. What is taken off an invoice
    is on the documents that are there anyway.
#}
separate as (
    select
        documents.account_id,
        documents.bill_date,
        lines.account_id as consumer_account_id,
        lines.subscription_id
    from lines
    inner join documents on lines.invoice_id = documents.invoice_id
    where lines.allowance_level is distinct from 'invoice'
    group by
        documents.account_id,
        documents.bill_date,
        lines.account_id,
        lines.subscription_id
),

separate_counts as (
    select
        account_id,
        bill_date,
        count(*) as documents_without
    from separate
    group by account_id, bill_date
),

{# An account that another one pays for since: its corrections stay behind. #}
accounts_with_payers as (
    select
        consumer_account_id,
        bill_date,
        count(distinct account_id) as payer_count
    from separate
    group by consumer_account_id, bill_date
),

payers_of_accounts as (
    select
        separate.account_id,
        separate.bill_date,
        max(accounts_with_payers.payer_count) as payer_count
    from separate
    inner join accounts_with_payers
        on
            separate.consumer_account_id
            = accounts_with_payers.consumer_account_id
            and separate.bill_date = accounts_with_payers.bill_date
    group by separate.account_id, separate.bill_date
),

{# What is outside the scope of VAT has a document to itself (BR-O-11). #}
scopes as (
    select
        invoice_id,
        max(case tax_category when 'O' then 1 else 0 end) as is_out_of_scope
    from lines
    group by invoice_id
),

issued as (
    select
        documents.account_id,
        documents.bill_date,
        count(*) as documents_issued,
        count(distinct documents.entity_id) as entity_count,
        count(distinct documents.currency) as currency_count,
        count(distinct documents.payment_method) as method_count,
        count(distinct documents.payment_terms_days) as terms_count,
        count(distinct documents.purchase_order) as order_count,
        count(distinct documents.invoice_group) as group_count,
        count(distinct documents.own_subscription_id) as own_count,
        count(distinct scopes.is_out_of_scope) as scope_count
    from documents
    inner join scopes on documents.invoice_id = scopes.invoice_id
    group by documents.account_id, documents.bill_date
),

reported as (
    select
        issued.account_id,
        issued.bill_date,
        issued.documents_issued,
        separate_counts.documents_without,
        separate_counts.documents_without - issued.documents_issued
            as documents_avoided,
        cast(
            (separate_counts.documents_without - issued.documents_issued)
            * cast('{{ var("cost_per_document") }}' as decimal(18, 4))
            as decimal(38, 4)
        ) as saved_amount,
        '{{ var("cost_currency") }}' as saved_currency,
        case
            when
                issued.documents_issued > 1
                or payers_of_accounts.payer_count > 1
                then concat_ws(
                    ', ',
                    case
                        when issued.entity_count > 1
                            then 'several sellers'
                    end,
                    case
                        when payers_of_accounts.payer_count > 1
                            then 'an account with several payers'
                    end,
                    case
                        when issued.currency_count > 1
                            then 'several currencies'
                    end,
                    case
                        when issued.method_count > 1
                            then 'several payment methods'
                    end,
                    case
                        when issued.terms_count > 1
                            then 'several payment terms'
                    end,
                    case
                        when issued.order_count > 1
                            then 'several purchase orders'
                    end,
                    case
                        when issued.group_count > 1
                            then 'several invoice groups'
                    end,
                    case
                        when issued.own_count > 1
                            then 'an account that is not consolidated'
                    end,
                    case
                        when issued.scope_count > 1
                            then 'sales outside the scope of VAT'
                    end
                )
        end as why_more_than_one
    from issued
    inner join separate_counts
        on
            issued.account_id = separate_counts.account_id
            and issued.bill_date = separate_counts.bill_date
    inner join payers_of_accounts
        on
            issued.account_id = payers_of_accounts.account_id
            and issued.bill_date = payers_of_accounts.bill_date
)

select
    account_id,
    bill_date,
    documents_issued,
    documents_without,
    documents_avoided,
    saved_amount,
    saved_currency,
    why_more_than_one
from reported
