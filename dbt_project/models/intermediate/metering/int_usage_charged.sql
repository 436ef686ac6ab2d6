{# Grain: one row per int_usage_days row, charge_id that bills it. #}

with

days as (
    select * from {{ ref('int_usage_days') }}
),

charge_dimensions as (
    select * from {{ ref('int_charge_dimensions') }}
),

windows as (
    select * from {{ ref('int_usage_windows') }}
),

{# Filters are independent: two charges may bill one event (a surcharge). #}
charged as (
    select
        windows.subscription_id,
        windows.charge_id,
        windows.service_start,
        windows.is_before_billing_starts,
        charge_dimensions.group_value,
        days.meter_id,
        days.usage_date,
        days.dimensions,
        days.is_custom,
        days.quantity,
        days.amount,
        days.event_count,
        days.first_event_at,
        days.last_event_at
    from days
    inner join charge_dimensions
        on
            days.plan_id = charge_dimensions.plan_id
            and days.meter_id = charge_dimensions.meter_id
            and days.dimensions = charge_dimensions.dimensions
    inner join windows
        on
            days.subscription_id = windows.subscription_id
            and charge_dimensions.charge_id = windows.charge_id
            and days.usage_date >= windows.service_start
            and days.usage_date < windows.service_end
    where days.state = 'active'
)

select * from charged
