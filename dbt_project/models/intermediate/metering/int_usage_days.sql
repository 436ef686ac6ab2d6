{# Grain: one row per subscription, meter, usage_date, dimensions. #}

with

daily as (
    select * from {{ ref('int_usage_daily') }}
),

segments as (
    select * from {{ ref('int_subscription_segments') }}
),

{# Only the days on which the subscription is active count. #}
days as (
    select
        daily.subscription_id,
        daily.meter_id,
        daily.usage_date,
        daily.dimensions,
        daily.quantity,
        daily.event_count,
        daily.first_event_at,
        daily.last_event_at,
        segments.plan_id,
        case segments.state
            when 'active' then 'active'
            when 'trial' then 'trial'
            else 'inactive'
        end as state
    from daily
    left join segments
        on
            daily.subscription_id = segments.subscription_id
            and daily.usage_date >= segments.segment_start
            and daily.usage_date
            < coalesce(segments.segment_end, date '9999-12-31')
)

select * from days
