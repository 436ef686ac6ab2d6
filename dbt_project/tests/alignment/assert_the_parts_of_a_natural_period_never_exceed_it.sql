{#
    Guards all windows of one subscription and charge that lie in one natural
    period: together they are at most the period. Without it a change of
    quantity or plan could charge more days than the month has. Of actual_360
    alone the real days are: 14/30 and 17/30 of a January are 31/30 of it.

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

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
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
        greatest(ranges.from_on, grids.grid_start) as open_from,
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
        windows.service_end,
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
        sum(proration_numerator) as days_charged,
        sum(service_end - service_start) as service_days
    from placed
    group by subscription_id, charge_id, period_start, period_end
),

ruled as (
    select
        totals.*,
        coalesce(charges.proration, subscriptions.entity_proration)
            as proration
    from totals
    inner join subscriptions
        on totals.subscription_id = subscriptions.subscription_id
    inner join charges on totals.charge_id = charges.charge_id
)

select * from ruled
where
    period_start is null
    or least_denominator != greatest_denominator
    or service_days > period_end - period_start
    or (proration != 'actual_360' and days_charged > least_denominator)
