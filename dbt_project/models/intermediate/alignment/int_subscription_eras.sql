{# Grain: one row per subscription_id, era_start. #}

with

subscription_accounts as (
    select * from {{ source('issued', 'subscription_accounts') }}
),

bill_runs as (
    select * from {{ source('issued', 'bill_runs') }}
),

closes as (
    select * from {{ ref('int_account_closes') }}
),

subscriptions as (
    select * from {{ ref('stg_subscriptions') }}
),

account_eras as (
    select * from {{ ref('int_account_eras') }}
),

recorded as (
    select
        subscription_accounts.subscription_id,
        subscription_accounts.account_id,
        bill_runs.ledger_position as from_run
    from subscription_accounts
    inner join bill_runs
        on subscription_accounts.bill_run_id = bill_runs.bill_run_id

    union all

    select
        subscription_id,
        account_id,
        cast(null as bigint) as from_run
    from subscriptions
),

placed as (
    select
        *,
        lead(account_id) over stays as next_account_id,
        lead(from_run) over stays as until_run
    from recorded
    window
        stays as (
            partition by subscription_id
            order by from_run asc nulls last
        )
),

{#
    A subscription that moved was its old account's as far as that account
    closed with it; most never move.
#}
moved as (
    select
        placed.subscription_id,
        placed.account_id,
        placed.from_run,
        max(closes.bill_date) as closed_through
    from placed
    inner join closes
        on
            placed.account_id = closes.account_id
            and placed.from_run <= closes.run_number
            and coalesce(placed.until_run, closes.run_number + 1)
            > closes.run_number
    where placed.next_account_id != placed.account_id
    group by placed.subscription_id, placed.account_id, placed.from_run
),

stayed as (
    select * from moved

    union all

    select
        subscription_id,
        account_id,
        from_run,
        date '9999-12-31' as closed_through
    from placed
    where next_account_id is null
),

ended as (
    select
        *,
        max(closed_through) over (
            partition by subscription_id
            order by from_run asc nulls last
        ) as stay_end
    from stayed
),

stays as (
    select
        *,
        coalesce(
            lag(stay_end) over (
                partition by subscription_id
                order by from_run asc nulls last
            ),
            date '0001-01-01'
        ) as stay_start
    from ended
),

{# Each stay has the calendar that its account had. #}
eras as (
    select
        stays.subscription_id,
        account_eras.account_id,
        account_eras.payer_account_id,
        account_eras.entity_id,
        account_eras.currency,
        account_eras.cycle_anchor,
        account_eras.cycle_months,
        account_eras.cycle_days,
        greatest(stays.stay_start, account_eras.era_start) as era_start,
        least(stays.stay_end, account_eras.era_end) as era_end
    from stays
    inner join account_eras
        on
            stays.account_id = account_eras.account_id
            and stays.stay_start < account_eras.era_end
            and stays.stay_end > account_eras.era_start
    where stays.stay_start < stays.stay_end
)

select * from eras
