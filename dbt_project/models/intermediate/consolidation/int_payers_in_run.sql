{# Grain: one row per payer_account_id that the bill run looks at. #}

with

calendars as (
    select * from {{ ref('int_payer_calendars') }}
),

closed_cycles as (
    select * from {{ source('issued', 'closed_cycles') }}
),

account_eras as (
    select * from {{ ref('int_account_eras') }}
),

bill_runs as (
    select * from {{ source('issued', 'bill_runs') }}
),

{#
    What was closed of an account while another one paid for it is closed: it
    goes on from there when it pays for itself.
#}
closed_dates as (
    select
        account_id,
        bill_date
    from closed_cycles

    union all

    select
        account_id,
        era_start as bill_date
    from account_eras
    where account_id = payer_account_id and era_start > date '0001-01-01'
),

last_closed as (
    select
        account_id,
        max(bill_date) as last_closed_on
    from closed_dates
    group by account_id
),

last_run as (
    select max(bill_date) as last_run_on
    from bill_runs
),

{#
    A payer is billed when it has a bill date after the last one it closed. A
    date before the last run's closes nothing.
#}
in_run as (
    select
        calendars.payer_account_id,
        calendars.requested_on,
        calendars.bill_date,
        last_closed.last_closed_on,
        greatest(calendars.previous_bill_date, last_closed.last_closed_on)
            as previous_bill_date
    from calendars
    cross join last_run
    left join last_closed
        on calendars.payer_account_id = last_closed.account_id
    where
        calendars.bill_date
        > coalesce(last_closed.last_closed_on, date '0001-01-01')
        and calendars.requested_on
        >= coalesce(last_run.last_run_on, date '0001-01-01')
)

select * from in_run
