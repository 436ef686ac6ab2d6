{# Grain: one row per subscription_id whose account and seller are known. #}

with

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

settled as (
    select * from {{ ref('int_usage_settled') }}
),

windows as (
    select * from {{ ref('int_usage_windows') }}
),

first_windows as (
    select
        subscription_id,
        min(service_start) as service_start
    from windows
    group by subscription_id
),

{# Usage before the first window that is not settled is not read again. #}
starts as (
    select
        subscriptions.subscription_id,
        subscriptions.timezone,
        least(settled.settled_on, first_windows.service_start) as usage_from
    from subscriptions
    inner join settled
        on subscriptions.payer_account_id = settled.payer_account_id
    left join first_windows
        on subscriptions.subscription_id = first_windows.subscription_id
)

select * from starts
