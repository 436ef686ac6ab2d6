{#
    Guards closed_cycles_to_issue, one row per payer that a run closes: none
    pays for an item that is due and has no price, or no rate of tax, nor for
    an account with any other error. A payer closed so would never be asked
    for that item: its bill date has passed.
#}

with

closed as (
    select * from {{ ref('closed_cycles_to_issue') }}
),

documents as (
    select * from {{ ref('documents_to_issue') }}
),

due_items as (
    select * from {{ ref('int_items_due') }}
),

taxed_items as (
    select * from {{ ref('int_items_taxed') }}
),

errors as (
    select * from {{ ref('int_account_errors') }}
),

issued_to as (
    select account_id from closed
    union
    select account_id from documents
),

lacking as (
    select
        payer_account_id,
        rating_error as reason
    from due_items
    where rating_error is not null

    union all

    select
        payer_account_id,
        tax_error as reason
    from taxed_items
    where tax_error is not null

    union all

    select
        payer_account_id,
        reason
    from errors
)

select
    lacking.payer_account_id,
    lacking.reason
from lacking
inner join issued_to on lacking.payer_account_id = issued_to.account_id
