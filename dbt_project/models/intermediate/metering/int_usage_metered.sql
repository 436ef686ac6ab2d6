{# Grain: one row per subscription, charge, service_start, group_value. #}

with

windows as (
    select * from {{ ref('int_usage_windows') }}
),

charged as (
    select * from {{ ref('int_usage_charged') }}
),

levels as (
    select * from {{ ref('int_usage_levels_measured') }}
),

parts as (
    select * from {{ ref('int_usage_parts') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

meters as (
    select * from {{ ref('int_meter_dimensions') }}
),

totals as (
    select
        subscription_id,
        charge_id,
        service_start,
        group_value,
        cast(sum(quantity) as decimal(38, 12)) as quantity,
        cast(sum(amount) as decimal(38, 12)) as amount,
        cast(sum(event_count) as bigint) as event_count
    from charged
    group by subscription_id, charge_id, service_start, group_value
),

values_used as (
    select
        subscription_id,
        charge_id,
        service_start,
        group_value
    from totals

    union

    select
        subscription_id,
        charge_id,
        service_start,
        group_value
    from levels
),

{# The minimum of a rating period is topped up for every value it saw. #}
values_found as (
    select * from values_used

    union

    select
        windows.subscription_id,
        windows.charge_id,
        last_windows.service_start,
        values_used.group_value
    from values_used
    inner join windows
        on
            values_used.subscription_id = windows.subscription_id
            and values_used.charge_id = windows.charge_id
            and values_used.service_start = windows.service_start
    inner join windows as last_windows
        on
            windows.subscription_id = last_windows.subscription_id
            and windows.charge_id = last_windows.charge_id
            and windows.rating_start = last_windows.rating_start
    where last_windows.is_last_of_rating
),

{# With no event at all there is one item, of the empty value. #}
metered as (
    select
        windows.subscription_id,
        windows.charge_id,
        windows.account_id,
        windows.entity_id,
        windows.payer_account_id,
        windows.currency,
        windows.plan_id,
        windows.period_start,
        windows.period_end,
        windows.rating_fit,
        windows.rating_start,
        windows.rating_end,
        windows.is_last_of_rating,
        windows.service_start,
        windows.service_end,
        windows.due_on,
        windows.bill_date,
        charges.meter_id,
        parts.active_days,
        totals.amount,
        coalesce(values_found.group_value, '') as group_value,
        greatest(
            case
                when meters.has_level
                    then coalesce(levels.quantity_numerator, 0)
                else coalesce({{ unscaled_integer('totals.quantity') }}, 0)
            end,
            0
        ) as quantity_numerator,
        coalesce(levels.quantity_denominator, 1) as quantity_denominator,
        levels.subscription_id is not null
        and levels.quantity_numerator is null as is_out_of_range,
        coalesce(totals.event_count, 0) as event_count
    from windows
    inner join charges on windows.charge_id = charges.charge_id
    inner join parts
        on
            windows.subscription_id = parts.subscription_id
            and windows.charge_id = parts.charge_id
            and windows.service_start = parts.service_start
    left join meters on charges.meter_id = meters.meter_id
    left join values_found
        on
            windows.subscription_id = values_found.subscription_id
            and windows.charge_id = values_found.charge_id
            and windows.service_start = values_found.service_start
    left join totals
        on
            values_found.subscription_id = totals.subscription_id
            and values_found.charge_id = totals.charge_id
            and values_found.service_start = totals.service_start
            and values_found.group_value = totals.group_value
    left join levels
        on
            values_found.subscription_id = levels.subscription_id
            and values_found.charge_id = levels.charge_id
            and values_found.service_start = levels.service_start
            and values_found.group_value = levels.group_value
    where not windows.is_before_billing_starts
)

select * from metered
