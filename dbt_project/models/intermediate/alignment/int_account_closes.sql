{# Grain: one row per account_id, run_number that closed a cycle for it. #}

with

account_calendars as (
    select * from {{ source('issued', 'account_calendars') }}
),

closed_cycles as (
    select * from {{ source('issued', 'closed_cycles') }}
),

documents as (
    select * from {{ source('issued', 'documents') }}
),

bill_runs as (
    select * from {{ source('issued', 'bill_runs') }}
),

billed_dates as (
    select
        account_id,
        bill_date
    from documents
    group by account_id, bill_date
),

{# A calendar is written down by the first bill run that finds it. #}
recorded as (
    select
        account_calendars.*,
        bill_runs.ledger_position as from_run,
        lead(bill_runs.ledger_position) over (
            partition by account_calendars.account_id
            order by bill_runs.ledger_position
        ) as until_run
    from account_calendars
    inner join bill_runs
        on account_calendars.bill_run_id = bill_runs.bill_run_id
),

{#
    What closed before the anchor without a document closed nothing: an
    empty anchor may still be found earlier, or later.
#}
closes as (
    select
        recorded.account_id,
        recorded.payer_account_id,
        recorded.entity_id,
        recorded.currency,
        recorded.cycle_anchor,
        recorded.cycle_period,
        recorded.from_run,
        bill_runs.ledger_position as run_number,
        closed_cycles.bill_date
    from closed_cycles
    inner join bill_runs
        on closed_cycles.bill_run_id = bill_runs.bill_run_id
    inner join recorded
        on
            closed_cycles.account_id = recorded.payer_account_id
            and bill_runs.ledger_position >= recorded.from_run
            and bill_runs.ledger_position
            < coalesce(recorded.until_run, bill_runs.ledger_position + 1)
    left join billed_dates
        on
            closed_cycles.account_id = billed_dates.account_id
            and closed_cycles.bill_date = billed_dates.bill_date
    where
        closed_cycles.bill_date >= recorded.cycle_anchor
        or billed_dates.account_id is not null
)

select * from closes
