{# Grain: one row per int_usage_daily or int_usage_custom row. #}

with

daily as (
    select * from {{ ref('int_usage_daily') }}
),

custom as (
    select * from {{ ref('int_usage_custom') }}
),

segments as (
    select * from {{ ref('int_subscription_segments') }}
),

{#
    A custom meter's model says the quantity of its days, and how many events
    it made it of; another meter may count them too.
#}
measured as (
    select
        subscription_id,
        meter_id,
        usage_date,
        dimensions,
        false as is_custom,
        quantity,
        greatest_quantity,
        amount,
        event_count,
        first_event_at,
        last_event_at,
        has_several_landings
    from daily

    union all

    select
        subscription_id,
        meter_id,
        usage_date,
        dimensions,
        true as is_custom,
        quantity,
        cast(null as decimal(38, 12)) as greatest_quantity,
        cast(0 as decimal(38, 12)) as amount,
        event_count,
        cast(null as timestamptz) as first_event_at,
        cast(null as timestamptz) as last_event_at,
        false as has_several_landings
    from custom
),

{# Only the days on which the subscription is active count. #}
days as (
    select
        measured.subscription_id,
        measured.meter_id,
        measured.usage_date,
        measured.dimensions,
        measured.is_custom,
        segments.plan_id,
        measured.quantity,
        measured.greatest_quantity,
        measured.amount,
        measured.event_count,
        measured.first_event_at,
        measured.last_event_at,
        measured.has_several_landings,
        case segments.state
            when 'active' then 'active'
            when 'trial' then 'trial'
            else 'inactive'
        end as state
    from measured
    left join segments
        on
            measured.subscription_id = segments.subscription_id
            and measured.usage_date >= segments.segment_start
            and measured.usage_date
            < coalesce(segments.segment_end, date '9999-12-31')
)

select * from days
