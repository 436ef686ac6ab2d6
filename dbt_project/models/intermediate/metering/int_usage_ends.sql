{# Grain: one row per subscription_id with usage beyond its open cycle. #}

with

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

sums as (
    select * from {{ ref('int_usage_sums') }}
),

dates as (
    select * from {{ ref('int_usage_dates') }}
),

{# Few days lie there, if any: only their sums are looked at. #}
days_ahead as (
    select
        dates.day_key,
        dates.timezone,
        dates.usage_date
    from dates
    where
        dates.usage_date >= (
            select min(subscriptions.next_bill_date) from subscriptions
        )
),

ends as (
    select
        sums.subscription_id,
        max(days_ahead.usage_date) as usage_date
    from days_ahead
    inner join sums on days_ahead.day_key = sums.day_key
    inner join subscriptions
        on
            sums.subscription_id = subscriptions.subscription_id
            and days_ahead.timezone = subscriptions.timezone
    where
        sums.event_count > 0
        and days_ahead.usage_date >= subscriptions.next_bill_date
    group by sums.subscription_id
)

select * from ends
