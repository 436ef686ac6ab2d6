{# Grain: one row per allowance_id, item_id that it covers. #}

with

items as (
    select * from {{ ref('int_invoice_items_taxed') }}
),

allowances as (
    select * from {{ ref('int_allowances_in_force') }}
    where level = 'invoice'
),

covered as (
    {{ allowances_covering('items', 'allowances', 'bill_date') }}
),

{# There is nothing to take off a document that asks nothing. #}
documents as (
    select
        covered.allowance_id,
        covered.kind,
        covered.allowance_value,
        covered.max_uses,
        items.document_id,
        items.entity_id,
        items.payer_account_id,
        items.currency,
        items.bill_date,
        items.document_place
    from covered
    inner join items on covered.item_id = items.item_id
    group by
        covered.allowance_id, covered.kind, covered.allowance_value,
        covered.max_uses,
        items.document_id, items.entity_id, items.payer_account_id,
        items.currency, items.bill_date, items.document_place
    having sum(items.net_amount) > 0
),

{# A use is a document, the earliest first. #}
counted as (
    select
        *,
        row_number() over (
            partition by allowance_id
            order by
                bill_date, entity_id, payer_account_id, currency,
                document_place
        ) as use_number
    from documents
),

{# Percentages first, then amounts, by key. #}
ordered as (
    select
        allowance_id,
        document_id,
        kind,
        allowance_value,
        row_number() over (
            partition by document_id
            order by kind = 'amount', allowance_id
        ) as place
    from counted
    where max_uses is null or use_number <= max_uses
),

placed as (
    select
        ordered.allowance_id,
        covered.item_id,
        ordered.document_id,
        ordered.place,
        ordered.kind,
        ordered.allowance_value
    from ordered
    inner join covered on ordered.allowance_id = covered.allowance_id
    inner join items
        on
            covered.item_id = items.item_id
            and ordered.document_id = items.document_id
)

select * from placed
