{# Grain: one row per payer account_id that the bill run closes. #}

with

payers_in_run as (
    select * from {{ ref('int_payers_in_run') }}
),

errors as (
    select * from {{ ref('int_account_errors') }}
),

settled as (
    select * from {{ ref('int_payers_settled') }}
),

lines as (
    select * from {{ ref('int_lines_drafted') }}
),

documents as (
    select * from {{ ref('int_documents_drafted') }}
),

out_of_reach as (
    select * from {{ ref('int_items_out_of_reach') }}
),

issued_cycles as (
    select * from {{ source('issued', 'closed_cycles') }}
),

last_position as (
    select coalesce(max(ledger_position), 0) as ledger_position
    from issued_cycles
),

held_payers as (
    select payer_account_id
    from errors
    group by payer_account_id
),

{#
    What is carried forward, or too old to be billed, stays unbilled: its items
    are not settled.
#}
left_open as (
    select
        lines.payer_account_id,
        lines.service_start
    from lines
    left join documents on lines.invoice_id = documents.invoice_id
    where documents.invoice_id is null

    union all

    select
        payer_account_id,
        service_start
    from out_of_reach
),

first_left_open as (
    select
        payer_account_id,
        min(service_start) as service_start
    from left_open
    group by payer_account_id
),

{#
    A payer that is held stays open; the next run of the date looks again. One
    that paid for others once, and for nobody now, has no inputs of its own.
#}
to_issue as (
    select
        payers_in_run.payer_account_id as account_id,
        payers_in_run.bill_date,
        settled.inputs_hash,
        least(payers_in_run.bill_date, first_left_open.service_start)
            as settled_on,
        last_position.ledger_position + row_number() over (
            order by payers_in_run.payer_account_id
        ) as ledger_position
    from payers_in_run
    cross join last_position
    left join settled
        on payers_in_run.payer_account_id = settled.payer_account_id
    left join first_left_open
        on payers_in_run.payer_account_id = first_left_open.payer_account_id
    left join held_payers
        on payers_in_run.payer_account_id = held_payers.payer_account_id
    where held_payers.payer_account_id is null
)

select * from to_issue
