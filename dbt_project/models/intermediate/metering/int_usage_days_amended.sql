{# Grain: one row per subscription, meter, usage_date with one withdrawn. #}

with

withdrawals as (
    select * from {{ ref('stg_usage_withdrawals') }}
),

starts as (
    select * from {{ ref('int_usage_starts') }}
),

dated as (
    select
        withdrawals.subscription_id,
        withdrawals.meter_id,
        starts.usage_from,
        {{ local_date(
            'withdrawals.occurred_at', 'withdrawals.is_local_date',
            'starts.timezone'
        ) }} as usage_date
    from withdrawals
    inner join starts on withdrawals.subscription_id = starts.subscription_id
),

amended as (
    select
        subscription_id,
        meter_id,
        usage_date
    from dated
    where usage_date >= usage_from
    group by subscription_id, meter_id, usage_date
)

select * from amended
