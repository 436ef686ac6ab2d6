{# Grain: one row per item_id that the bill run looks at. #}

with

rated_items as (
    select * from {{ ref('int_items_rated') }}
),

billed_items as (
    select * from {{ ref('int_items_billed') }}
),

payers_in_run as (
    select * from {{ ref('int_payers_in_run') }}
),

{# What is due by the payer's bill date, and what was billed before. #}
due as (
    select
        rated_items.*,
        payers_in_run.bill_date as run_bill_date,
        billed_items.billed_amount,
        billed_items.first_invoice_id
    from rated_items
    inner join payers_in_run
        on rated_items.payer_account_id = payers_in_run.payer_account_id
    left join billed_items on rated_items.item_id = billed_items.item_id
    where
        rated_items.bill_date <= payers_in_run.bill_date
        or billed_items.item_id is not null
)

select * from due
