{# Grain: one row per subscription_id, charge_id, service_start, span_start. #}

with

windows as (
    select * from {{ ref('int_usage_windows') }}
),

stretches as (
    select * from {{ ref('int_subscription_stretches') }}
),

{# Only active time counts; a pause leaves a hole in its window. #}
spans as (
    select
        windows.subscription_id,
        windows.charge_id,
        windows.service_start,
        windows.service_end,
        windows.period_start,
        windows.period_end,
        greatest(windows.service_start, stretches.stretch_start) as span_start,
        least(windows.service_end, stretches.stretch_end) as span_end
    from windows
    inner join stretches
        on
            windows.subscription_id = stretches.subscription_id
            and windows.plan_id = stretches.plan_id
            and windows.service_end > stretches.stretch_start
            and windows.service_start
            < coalesce(stretches.stretch_end, date '9999-12-31')
    where stretches.state = 'active'
)

select * from spans
