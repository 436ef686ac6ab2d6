{# Grain: one row per subscription, meter, service_start, usage_date. #}

with

norms as (
    select * from {{ ref('int_usage_norms') }}
),

days as (
    select * from {{ ref('int_usage_days') }}
),

checked as (
    select
        norms.subscription_id,
        norms.meter_id,
        norms.charge_id,
        norms.service_start,
        days.usage_date,
        cast(sum(days.event_count) as bigint) as event_count,
        max(days.greatest_quantity) as greatest_quantity,
        bool_or(days.has_several_landings) as has_several_landings
    from days
    inner join norms
        on
            days.subscription_id = norms.subscription_id
            and days.meter_id = norms.meter_id
            and days.usage_date >= norms.service_start
            and days.usage_date < norms.service_end
    where
        norms.may_have_odd_days
        and days.state = 'active'
        and not days.is_custom
    group by
        norms.subscription_id,
        norms.meter_id,
        norms.charge_id,
        norms.service_start,
        days.usage_date
)

select * from checked
