{# Grain: one row per subscription_id, meter_id, service_start. #}

with

items as (
    select * from {{ ref('int_items_checked') }}
),

usage_days as (
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
        items.service_end,
        items.active_days,
        row_number() over () as window_number
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
        items.service_end,
        items.active_days
),

{# Whatever its events say beside the meter, a day is one row. #}
days as (
    select
        windows.window_number,
        usage_days.usage_date,
        sum(usage_days.event_count) as event_count,
        max(usage_days.greatest_quantity) as greatest_quantity,
        bool_or(usage_days.has_several_landings) as has_several_landings
    from usage_days
    inner join windows
        on
            usage_days.subscription_id = windows.subscription_id
            and usage_days.meter_id = windows.meter_id
            and usage_days.usage_date >= windows.service_start
            and usage_days.usage_date < windows.service_end
    where usage_days.state = 'active' and not usage_days.is_custom
    group by windows.window_number, usage_days.usage_date
),

{#
    What a day of the window is like: one day in ten may be odd. The number of
    events is steady, or varies at least as much as chance has it.
#}
measured as (
    select
        window_number,
        count(*) as day_count,
        cast(median(event_count) as double) as usual_count,
        case
            when mad(event_count) > 0
                then
                    greatest(
                        {{ spread('event_count') }}, sqrt(median(event_count))
                    )
            else 0
        end as count_spread,
        median(cast(greatest_quantity as double)) as usual_quantity,
        quantile_cont(cast(greatest_quantity as double), 0.9)
            as high_quantity,
        max(event_count) as most_events,
        max(greatest_quantity) as greatest_quantity,
        bool_or(has_several_landings) as has_several_landings
    from days
    group by window_number
),

{# Most windows have no day that could be odd: theirs are not read again. #}
norms as (
    select
        windows.subscription_id,
        windows.meter_id,
        windows.charge_id,
        windows.service_start,
        windows.service_end,
        windows.active_days,
        measured.day_count,
        measured.usual_count,
        measured.count_spread,
        measured.usual_quantity,
        measured.high_quantity,
        coalesce(
            measured.has_several_landings
            or (
                measured.day_count < windows.active_days
                and measured.usual_count > 3 * measured.count_spread
            )
            or (
                measured.most_events >= 1.9 * measured.usual_count
                and measured.count_spread <= 0.05 * measured.usual_count
            )
            or measured.greatest_quantity >= 10 * measured.high_quantity,
            true
        ) as may_have_odd_days
    from measured
    inner join windows on measured.window_number = windows.window_number
)

select * from norms
