{# Grain: one row per subscription, meter, service_start, usage_date. #}

with

items as (
    select * from {{ ref('int_items_checked') }}
),

days as (
    select * from {{ ref('int_usage_days') }}
),

{# A plan's charges of one meter see the same days: one stands for all. #}
first_charges as (
    select
        subscription_id,
        meter_id,
        plan_id,
        min(charge_id) as charge_id
    from items
    where is_added_up
    group by subscription_id, meter_id, plan_id
),

windows as (
    select
        items.subscription_id,
        items.meter_id,
        items.charge_id,
        items.service_start,
        items.service_end
    from items
    inner join first_charges
        on
            items.subscription_id = first_charges.subscription_id
            and items.charge_id = first_charges.charge_id
    group by
        items.subscription_id,
        items.meter_id,
        items.charge_id,
        items.service_start,
        items.service_end
),

{# Whatever its events say beside the meter, a day is one row. #}
checked as (
    select
        windows.subscription_id,
        windows.meter_id,
        windows.charge_id,
        windows.service_start,
        days.usage_date,
        cast(sum(days.event_count) as bigint) as event_count,
        max(days.greatest_quantity) as greatest_quantity,
        bool_or(days.has_several_landings) as has_several_landings
    from windows
    inner join days
        on
            windows.subscription_id = days.subscription_id
            and windows.meter_id = days.meter_id
            and windows.service_start <= days.usage_date
            and windows.service_end > days.usage_date
    where days.state = 'active' and not days.is_custom
    group by
        windows.subscription_id,
        windows.meter_id,
        windows.charge_id,
        windows.service_start,
        days.usage_date
)

select * from checked
