{# Grain: one row per subscription_id, meter_id, service_start. #}

with

days as (
    select * from {{ ref('int_usage_days_checked') }}
),

spans as (
    select * from {{ ref('int_usage_spans') }}
),

{#
    What a day of the window is like: one day in ten may be odd. The number of
    events is steady, or varies at least as much as chance has it.
#}
measured as (
    select
        subscription_id,
        meter_id,
        charge_id,
        service_start,
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
            as high_quantity
    from days
    group by subscription_id, meter_id, charge_id, service_start
),

active as (
    select
        subscription_id,
        charge_id,
        service_start,
        cast(sum(span_end - span_start) as bigint) as active_days
    from spans
    group by subscription_id, charge_id, service_start
),

norms as (
    select
        measured.*,
        active.active_days
    from measured
    inner join active
        on
            measured.subscription_id = active.subscription_id
            and measured.charge_id = active.charge_id
            and measured.service_start = active.service_start
)

select * from norms
