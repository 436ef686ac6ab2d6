{# Grain: one row per subscription, meter, day_key, dimensions. #}

with

days_amended as (
    select * from {{ ref('int_usage_days_amended') }}
),

starts as (
    select * from {{ ref('int_usage_starts') }}
),

dates as (
    select * from {{ ref('int_usage_dates') }}
),

meters as (
    select * from {{ ref('int_meter_dimensions') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

{# Few have an event taken back: only theirs are added up again. #}
added_up as (
    {{ added_up_events(
        ref('stg_usage_events'),
        '(events.subscription_id, events.meter_id) in ('
        ~ 'select (days_amended.subscription_id, days_amended.meter_id) '
        ~ 'from days_amended)'
    ) }}
),

amended as (
    select
        added_up.subscription_id,
        added_up.meter_id,
        added_up.day_key,
        added_up.dimensions,
        added_up.quantity,
        added_up.greatest_quantity,
        added_up.amount,
        added_up.event_count,
        added_up.first_event_at,
        added_up.last_event_at
    from added_up
    inner join starts on added_up.subscription_id = starts.subscription_id
    inner join dates
        on
            added_up.day_key = dates.day_key
            and starts.timezone = dates.timezone
    inner join days_amended
        on
            added_up.subscription_id = days_amended.subscription_id
            and added_up.meter_id = days_amended.meter_id
            and dates.usage_date = days_amended.usage_date
)

select * from amended
