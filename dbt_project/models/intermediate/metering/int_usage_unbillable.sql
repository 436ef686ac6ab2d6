{# Grain: one row per subscription_id, meter_id, usage_date, reason. #}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    pre_hook='{{ forget_from_usage_starts() }}'
) }}

with

days as (
    select * from {{ ref('int_usage_days') }}
),

charged as (
    select * from {{ ref('int_usage_charged') }}
),

{# A day is billed if any charge bills it in a window of ours. #}
charged_days as (
    select
        subscription_id,
        meter_id,
        usage_date,
        dimensions,
        bool_and(is_before_billing_starts) as is_before_billing_starts
    from charged
    where not is_custom
    group by subscription_id, meter_id, usage_date, dimensions
),

{# A custom meter's model adds nothing to what landed: events are listed. #}
reasoned as (
    select
        days.*,
        case
            when days.state != 'active' then days.state
            when charged_days.subscription_id is null then 'no_charge'
            when charged_days.is_before_billing_starts
                then 'before_billing_starts'
        end as reason
    from days
    left join charged_days
        on
            days.subscription_id = charged_days.subscription_id
            and days.meter_id = charged_days.meter_id
            and days.usage_date = charged_days.usage_date
            and days.dimensions = charged_days.dimensions
    where not days.is_custom
),

unbillable as (
    select
        subscription_id,
        meter_id,
        usage_date,
        reason,
        cast(sum(quantity) as decimal(38, 12)) as quantity,
        cast(sum(event_count) as bigint) as event_count
    from reasoned
    where reason is not null
    group by subscription_id, meter_id, usage_date, reason
)

select * from unbillable
