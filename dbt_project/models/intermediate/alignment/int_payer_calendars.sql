{# Grain: one row per payer_account_id. #}

with

accounts as (
    select * from {{ ref('stg_accounts') }}
),

payers as (
    select * from {{ ref('int_account_payers') }}
),

subscriptions as (
    select * from {{ ref('stg_subscriptions') }}
),

one_time_charges as (
    select * from {{ ref('stg_one_time_charges') }}
),

closes as (
    select * from {{ ref('int_account_closes') }}
),

closed_cycles as (
    select * from {{ source('issued', 'closed_cycles') }}
),

bill_run_requests as (
    select * from {{ ref('stg_bill_run_requests') }}
),

own_starts as (
    select
        account_id,
        min(starts_on) as first_starts_on
    from subscriptions
    group by account_id
),

{# A charge that waits for its subscription starts nothing yet (rule 33). #}
one_time_starts as (
    select
        one_time_charges.account_id,
        min(one_time_charges.occurred_on) as first_occurred_on
    from one_time_charges
    left join subscriptions
        on one_time_charges.subscription_id = subscriptions.subscription_id
    where
        one_time_charges.subscription_id is null
        or subscriptions.subscription_id is not null
    group by one_time_charges.account_id
),

{#
    Who pays today, and who paid: what was billed to an account that has a
    payer since, or lost its family, is corrected there.
#}
paying as (
    select payer_account_id from payers
    union
    select account_id as payer_account_id from closed_cycles
),

family_starts as (
    select
        paying.payer_account_id,
        min(own_starts.first_starts_on) as first_starts_on,
        min(one_time_starts.first_occurred_on) as first_occurred_on
    from paying
    left join payers on paying.payer_account_id = payers.payer_account_id
    left join own_starts on payers.account_id = own_starts.account_id
    left join one_time_starts
        on payers.account_id = one_time_starts.account_id
    group by paying.payer_account_id
),

{# An anchor that stays empty stays where the first close found it. #}
last_calendars as (
    select
        account_id,
        max_by(cycle_anchor, run_number) as cycle_anchor
    from closes
    group by account_id
),

anchored as (
    select
        family_starts.payer_account_id,
        accounts.billing_period as cycle_period,
        accounts.billing_period_months as cycle_months,
        accounts.billing_period_days as cycle_days,
        bill_run_requests.bill_date as requested_on,
        coalesce(
            accounts.billing_anchor,
            last_calendars.cycle_anchor,
            own_starts.first_starts_on,
            family_starts.first_starts_on,
            family_starts.first_occurred_on
        ) as cycle_anchor
    from family_starts
    inner join accounts
        on family_starts.payer_account_id = accounts.account_id
    left join last_calendars
        on family_starts.payer_account_id = last_calendars.account_id
    left join own_starts
        on family_starts.payer_account_id = own_starts.account_id
    cross join bill_run_requests
),

placed as (
    select
        *,
        {{ period_ordinal_on_or_before(
            'requested_on', 'cycle_anchor', 'cycle_months', 'cycle_days'
        ) }} as bill_date_ordinal
    from anchored
    where cycle_anchor is not null
),

{#
    bill_date is the payer's latest by the date that is being closed. The
    cycle that ends there is the one to bill; the one that starts there is
    the open one.
#}
calendars as (
    select
        payer_account_id,
        cycle_anchor,
        cycle_period,
        cycle_months,
        cycle_days,
        requested_on,
        {{ period_boundary(
            'cycle_anchor', 'cycle_months', 'cycle_days',
            'bill_date_ordinal'
        ) }} as bill_date,
        {{ period_boundary(
            'cycle_anchor', 'cycle_months', 'cycle_days',
            'bill_date_ordinal - 1'
        ) }} as previous_bill_date,
        {{ period_boundary(
            'cycle_anchor', 'cycle_months', 'cycle_days',
            'bill_date_ordinal + 1'
        ) }} as next_bill_date
    from placed
)

select * from calendars
