{# Grain: one row per quarter_hour in which an event occurred. #}

with

events as (
    select * from {{ ref('stg_usage_events') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

quarters as (
    select {{ quarter_hour('occurred_at') }} as quarter_hour
    from events
    group by quarter_hour
),

zones as (
    select timezone
    from entities
    group by timezone
),

dated as (
    select
        quarters.quarter_hour,
        string_agg(
            cast({{ date_in_zone(
                quarter_hour_start('quarters.quarter_hour'),
                "coalesce(zones.timezone, 'UTC')"
            ) }} as varchar),
            ' ' order by zones.timezone
        ) as local_dates
    from quarters
    left join zones on true
    group by quarters.quarter_hour
),

{#
    Quarters whose local dates are the same in every seller's zone are one
    day: with one zone, that zone's day.
#}
days as (
    select
        quarter_hour,
        min(quarter_hour) over (partition by local_dates) as day_key
    from dated
)

select * from days
