{#
    Guards law 2 from the daily quantities to the windows: the events of each
    subscription, meter and day are billed by a charge in a window of ours, or
    listed with their reason, never both and never neither. What is settled is
    not read again, so that only its list is kept.
#}

with

days as (
    select * from {{ ref('int_usage_days') }}
),

charged as (
    select * from {{ ref('int_usage_charged') }}
),

starts as (
    select * from {{ ref('int_usage_starts') }}
),

unbillable as (
    select unbillable.*
    from {{ ref('int_usage_unbillable') }} as unbillable
    inner join starts
        on
            unbillable.subscription_id = starts.subscription_id
            and unbillable.usage_date >= starts.usage_from
),

{# Two charges may bill one event (a surcharge): it is one event still. #}
charged_once as (
    select
        subscription_id,
        meter_id,
        usage_date,
        dimensions,
        max(event_count) as event_count
    from charged
    where not is_before_billing_starts and not is_custom
    group by subscription_id, meter_id, usage_date, dimensions
),

sides as (
    select
        subscription_id,
        meter_id,
        usage_date,
        event_count as counted,
        0 as charged,
        0 as unbillable
    from days
    where not is_custom

    union all

    select
        subscription_id,
        meter_id,
        usage_date,
        0 as counted,
        event_count as charged,
        0 as unbillable
    from charged_once

    union all

    select
        subscription_id,
        meter_id,
        usage_date,
        0 as counted,
        0 as charged,
        event_count as unbillable
    from unbillable
),

totals as (
    select
        subscription_id,
        meter_id,
        usage_date,
        sum(counted) as counted,
        sum(charged) as charged,
        sum(unbillable) as unbillable
    from sides
    group by subscription_id, meter_id, usage_date
)

select * from totals
where counted != charged + unbillable
