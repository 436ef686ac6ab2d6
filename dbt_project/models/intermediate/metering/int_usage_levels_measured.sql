{# Grain: one row per subscription, charge, service_start, group_value. #}

with

steps as (
    select * from {{ ref('int_usage_steps') }}
),

windows as (
    select * from {{ ref('int_usage_windows') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

meters as (
    select * from {{ ref('stg_meters') }}
),

placed as (
    select
        steps.*,
        windows.period_end - windows.period_start as period_days
    from steps
    inner join windows
        on
            steps.subscription_id = windows.subscription_id
            and steps.charge_id = windows.charge_id
            and steps.service_start = windows.service_start
),

totals as (
    select
        subscription_id,
        charge_id,
        service_start,
        group_value,
        max(period_days) as period_days,
        max(level) as highest_level,
        arg_max(
            coalesce(level, 0), struct_pack(day := span_start, n := step_number)
        ) as last_level,
        sum({{ level_over_time(
            'level', 'from_date', 'from_position', 'to_date', 'to_position',
            'period_days'
        ) }}) as level_over_time,
        bool_or({{ is_level_beyond('level', 'period_days') }})
            as is_level_beyond
    from placed
    group by subscription_id, charge_id, service_start, group_value
    having count(level) > 0
),

{#
    The highest level that was held, the level at the end, or the level times
    how long it was held of the whole natural period: a whole number of 10^-12
    over a whole number.
#}
measured as (
    select
        totals.subscription_id,
        totals.charge_id,
        totals.service_start,
        totals.group_value,
        case meters.aggregation
            when 'max' then {{ unscaled_integer('totals.highest_level') }}
            when 'time_weighted'
                then
                    case
                        when not totals.is_level_beyond
                            then totals.level_over_time
                    end
            else {{ unscaled_integer('totals.last_level') }}
        end as quantity_numerator,
        case
            when meters.aggregation = 'time_weighted'
                then
                    {{ parts_per_day() }} * totals.period_days
            else cast(1 as hugeint)
        end as quantity_denominator
    from totals
    inner join charges on totals.charge_id = charges.charge_id
    inner join meters on charges.meter_id = meters.meter_id
)

select * from measured
