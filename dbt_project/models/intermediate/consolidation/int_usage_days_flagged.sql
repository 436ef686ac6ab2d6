{# Grain: one row per subscription, meter, window, kind, anomaly_start. #}

with

days as (
    select * from {{ ref('int_usage_days_odd') }}
),

norms as (
    select * from {{ ref('int_usage_norms') }}
),

{# Days that follow each other less their number are one date. #}
numbered as (
    select
        *,
        usage_date - cast(row_number() over (
            partition by subscription_id, meter_id, service_start, kind
            order by usage_date
        ) as integer) as island
    from days
),

stretches as (
    select
        subscription_id,
        meter_id,
        charge_id,
        service_start,
        kind,
        usual,
        spread,
        cast(sum(repeated_count) as bigint) as repeated_count,
        min(usage_date) as anomaly_start,
        max(usage_date) + 1 as anomaly_end,
        count(*) as odd_days,
        max(observed) as observed
    from numbered
    group by
        subscription_id,
        meter_id,
        charge_id,
        service_start,
        kind,
        usual,
        spread,
        island
),

longest as (
    select
        *,
        max(odd_days) over (
            partition by subscription_id, meter_id, service_start, kind
        ) as longest_days
    from stretches
),

{#
    A series that has events on nearly every day misses the others. The
    longest gap does not count against it: it may be half of the window.
#}
flagged as (
    select
        longest.subscription_id,
        longest.meter_id,
        longest.charge_id,
        longest.service_start,
        longest.kind,
        longest.anomaly_start,
        longest.anomaly_end,
        longest.observed,
        longest.usual,
        longest.spread,
        longest.repeated_count,
        norms.day_count
    from longest
    inner join norms
        on
            longest.subscription_id = norms.subscription_id
            and longest.meter_id = norms.meter_id
            and longest.service_start = norms.service_start
    where
        longest.kind != 'days_missing'
        or 10 * norms.day_count
        >= 9 * (norms.active_days - longest.longest_days)
)

select * from flagged
