{# Grain: one row per subscription, meter, service_start, kind, usage_date. #}

with

days as (
    select * from {{ ref('int_usage_days_checked') }}
),

norms as (
    select * from {{ ref('int_usage_norms') }}
),

spans as (
    select * from {{ ref('int_usage_spans') }}
),

repeated as (
    select * from {{ ref('int_usage_days_repeated') }}
),

compared as (
    select
        norms.*,
        days.usage_date,
        days.event_count,
        days.greatest_quantity,
        coalesce(repeated.repeated_count, 0) as repeated_count
    from days
    inner join norms
        on
            days.subscription_id = norms.subscription_id
            and days.meter_id = norms.meter_id
            and days.service_start = norms.service_start
    left join repeated
        on
            days.subscription_id = repeated.subscription_id
            and days.meter_id = repeated.meter_id
            and days.usage_date = repeated.usage_date
),

{# One reading far above what nine days in ten stay below. #}
high_readings as (
    select *
    from compared
    where
        day_count >= 7
        and usual_quantity > 0
        and greatest_quantity >= 10 * high_quantity
),

{#
    A file that landed twice shows in what landed; rows that are twice in one
    file, only where each day has as many events. One event a day that comes
    twice is a doubled file where it is always one.
#}
doubled_days as (
    select *
    from compared
    where
        repeated_count > 1
        or (repeated_count = 1 and usual_count = 1 and count_spread = 0)
        or (
            day_count >= 7
            and usual_count >= 10
            and count_spread <= 0.05 * usual_count
            and event_count between 1.9 * usual_count and 2.1 * usual_count
        )
),

{# No event at all is far from the usual number of them. #}
incomplete as (
    select *
    from norms
    where
        day_count >= 7
        and day_count < active_days
        and usual_count > 3 * count_spread
),

expected_days as (
    select
        incomplete.*,
        spans.span_start + cast({{ ordinals_between(
            '0', 'spans.span_end - spans.span_start - 1'
        ) }} as integer) as usage_date
    from incomplete
    inner join spans
        on
            incomplete.subscription_id = spans.subscription_id
            and incomplete.charge_id = spans.charge_id
            and incomplete.service_start = spans.service_start
),

missing_days as (
    select expected_days.*
    from expected_days
    left join days
        on
            expected_days.subscription_id = days.subscription_id
            and expected_days.meter_id = days.meter_id
            and expected_days.service_start = days.service_start
            and expected_days.usage_date = days.usage_date
    where days.usage_date is null
),

odd as (
    select
        subscription_id,
        meter_id,
        charge_id,
        service_start,
        'reading_high' as kind,
        usage_date,
        greatest_quantity as observed,
        cast(usual_quantity as decimal(38, 12)) as usual,
        cast(high_quantity - usual_quantity as decimal(38, 12)) as spread,
        cast(0 as bigint) as repeated_count
    from high_readings

    union all

    select
        subscription_id,
        meter_id,
        charge_id,
        service_start,
        'days_doubled' as kind,
        usage_date,
        cast(event_count as decimal(38, 12)) as observed,
        cast(usual_count as decimal(38, 12)) as usual,
        cast(count_spread as decimal(38, 12)) as spread,
        repeated_count
    from doubled_days

    union all

    select
        subscription_id,
        meter_id,
        charge_id,
        service_start,
        'days_missing' as kind,
        usage_date,
        cast(0 as decimal(38, 12)) as observed,
        cast(usual_count as decimal(38, 12)) as usual,
        cast(count_spread as decimal(38, 12)) as spread,
        cast(0 as bigint) as repeated_count
    from missing_days
)

select * from odd
