{#
    Guards all windows of one subscription and charge that lie in one natural
    period: together they are at most the period. Without it a change of
    quantity or plan could charge more days than the month has.

    The natural period is found again from the grid, not taken from the
    window.
#}

with

windows as (
    select * from {{ ref('int_recurring_windows') }}
),

grids as (
    select * from {{ ref('int_charge_grids') }}
),

ranges as (
    select
        subscription_id,
        charge_id,
        min(service_start) as from_on,
        max(service_end) as until_on
    from windows
    group by subscription_id, charge_id
),

ranged_grids as (
    select
        grids.*,
        greatest(ranges.from_on, grids.grid_start) as from_on,
        least(ranges.until_on, grids.era_end) as until_on
    from grids
    inner join ranges
        on
            grids.subscription_id = ranges.subscription_id
            and grids.charge_id = ranges.charge_id
),

periods as (
    {{ periods_on_grid('ranged_grids') }}
),

{# A window in no natural period, or across two, has no period here. #}
placed as (
    select
        windows.subscription_id,
        windows.charge_id,
        windows.service_start,
        windows.proration_numerator,
        windows.proration_denominator,
        periods.period_start,
        periods.period_end
    from windows
    left join periods
        on
            windows.subscription_id = periods.subscription_id
            and windows.charge_id = periods.charge_id
            and windows.service_start >= periods.from_on
            and windows.service_start >= periods.period_start
            and windows.service_end <= periods.period_end
),

totals as (
    select
        subscription_id,
        charge_id,
        period_start,
        period_end,
        min(proration_denominator) as least_denominator,
        max(proration_denominator) as greatest_denominator,
        sum(proration_numerator) as days_charged
    from placed
    group by subscription_id, charge_id, period_start, period_end
)

select * from totals
where
    period_start is null
    or least_denominator != period_end - period_start
    or greatest_denominator != period_end - period_start
    or days_charged > period_end - period_start
