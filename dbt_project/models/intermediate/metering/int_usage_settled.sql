{# Grain: one row per payer_account_id. #}

with

settled as (
    select * from {{ ref('int_payers_settled') }}
),

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

sums as (
    select * from {{ ref('int_usage_sums') }}
),

dates as (
    select * from {{ ref('int_usage_dates') }}
),

withdrawals as (
    select * from {{ ref('stg_usage_withdrawals') }}
),

{# What landed before every payer's last close is not read again. #}
late_sums as (
    select
        sums.subscription_id,
        sums.day_key,
        sums.landing_id
    from sums
    where
        sums.landing_id > (
            select min(settled.landing_id) from settled
            where settled.settled_on > date '0001-01-01'
        )
),

{# What landed, or was taken back, since the payer's last close. #}
late_days as (
    select
        subscriptions.payer_account_id,
        late_sums.landing_id,
        dates.usage_date
    from late_sums
    inner join subscriptions
        on late_sums.subscription_id = subscriptions.subscription_id
    inner join dates
        on
            late_sums.day_key = dates.day_key
            and subscriptions.timezone = dates.timezone

    union all

    select
        subscriptions.payer_account_id,
        withdrawals.withdrawal_landing_id as landing_id,
        {{ local_date(
            'withdrawals.occurred_at', 'withdrawals.is_local_date',
            'subscriptions.timezone'
        ) }} as usage_date
    from withdrawals
    inner join subscriptions
        on withdrawals.subscription_id = subscriptions.subscription_id
),

first_late_days as (
    select
        late_days.payer_account_id,
        min(late_days.usage_date) as usage_date
    from late_days
    inner join settled on late_days.payer_account_id = settled.payer_account_id
    where late_days.landing_id > settled.landing_id
    group by late_days.payer_account_id
),

{# Late usage opens the windows from its day on. #}
usage_settled as (
    select
        settled.payer_account_id,
        least(settled.settled_on, first_late_days.usage_date) as settled_on
    from settled
    left join first_late_days
        on settled.payer_account_id = first_late_days.payer_account_id
)

select * from usage_settled
