{# Grain: one row per subscription_id, charge_id, service_start. #}

with

usage_windows as (
    select * from {{ ref('int_usage_windows') }}
),

spans as (
    select * from {{ ref('int_usage_spans') }}
),

stretches as (
    select * from {{ ref('int_subscription_stretches') }}
),

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

grids as (
    select * from {{ ref('int_charge_grids') }}
),

{# A minimum is that of the cycle, or of the rating period if there is one. #}
windows as (
    select
        usage_windows.subscription_id,
        usage_windows.charge_id,
        usage_windows.service_start,
        usage_windows.rating_start,
        grids.unit_months * grids.grid_length as period_months,
        coalesce(usage_windows.rating_start, usage_windows.period_start)
            as period_start,
        coalesce(usage_windows.rating_end, usage_windows.period_end)
            as period_end,
        coalesce(charges.proration, subscriptions.entity_proration)
            as proration
    from usage_windows
    inner join subscriptions
        on usage_windows.subscription_id = subscriptions.subscription_id
    inner join charges on usage_windows.charge_id = charges.charge_id
    inner join grids
        on
            usage_windows.subscription_id = grids.subscription_id
            and usage_windows.charge_id = grids.charge_id
            and grids.purpose = case
                when usage_windows.rating_start is null then 'service'
                else 'rating'
            end
),

coverages as (
    {{ covered_days('windows', 'stretches') }}
),

{# All the active days of a rating period count, in whichever window. #}
counted as (
    select
        windows.subscription_id,
        windows.charge_id,
        windows.service_start,
        windows.period_start,
        windows.period_end,
        windows.period_months,
        windows.proration,
        sum(sum(coalesce(spans.span_end - spans.span_start, 0)))
            over rating_period as active_days,
        sum(sum(coalesce({{ proration_days(
            'windows.proration', 'spans.span_start', 'spans.span_end',
            'windows.period_months'
        ) }}, 0))) over rating_period as part_days,
        {{ proration_days(
            'windows.proration', 'windows.period_start',
            'windows.period_end', 'windows.period_months'
        ) }} as whole_days
    from windows
    left join spans
        on
            windows.subscription_id = spans.subscription_id
            and windows.charge_id = spans.charge_id
            and windows.service_start = spans.service_start
    group by
        windows.subscription_id,
        windows.charge_id,
        windows.service_start,
        windows.rating_start,
        windows.period_start,
        windows.period_end,
        windows.period_months,
        windows.proration
    window rating_period as (
        partition by
            windows.subscription_id,
            windows.charge_id,
            coalesce(windows.rating_start, windows.service_start)
    )
),

parts as (
    select
        counted.subscription_id,
        counted.charge_id,
        counted.service_start,
        cast(counted.active_days as bigint) as active_days,
        cast({{ proration_numerator(
            'counted.proration', 'counted.part_days', 'counted.whole_days',
            'counted.period_months', 'coverages.covered_days'
        ) }} as bigint) as minimum_numerator,
        cast({{ proration_denominator(
            'counted.proration', 'counted.part_days', 'counted.whole_days',
            'counted.period_months', 'coverages.covered_days'
        ) }} as bigint) as minimum_denominator
    from counted
    left join coverages
        on
            counted.subscription_id = coverages.subscription_id
            and counted.charge_id = coverages.charge_id
            and counted.service_start = coverages.service_start
)

select * from parts
