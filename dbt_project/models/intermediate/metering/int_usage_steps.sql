{# Grain: one row per span of a window, group_value, step_number. #}

with

levels as (
    select * from {{ ref('int_usage_levels') }}
),

spans as (
    select * from {{ ref('int_usage_spans') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

meters as (
    select * from {{ ref('stg_meters') }}
),

groups as (
    select
        subscription_id,
        charge_id,
        group_value,
        level_since
    from levels
    group by subscription_id, charge_id, group_value, level_since
),

{# Each span begins with the level that held before it. #}
beginnings as (
    select
        spans.subscription_id,
        spans.charge_id,
        groups.group_value,
        groups.level_since,
        spans.service_start,
        spans.span_start,
        spans.span_start as from_date,
        cast(0 as hugeint) as from_position,
        cast(0 as bigint) as reading_number,
        cast(null as decimal(38, 12)) as level
    from spans
    inner join charges on spans.charge_id = charges.charge_id
    inner join meters on charges.meter_id = meters.meter_id
    inner join groups
        on
            spans.subscription_id = groups.subscription_id
            and spans.charge_id = groups.charge_id
            and (
                meters.carries_over
                or spans.service_start = groups.level_since
            )
),

moments as (
    select * from beginnings

    union all

    select
        subscription_id,
        charge_id,
        group_value,
        level_since,
        service_start,
        span_start,
        usage_date as from_date,
        day_position as from_position,
        reading_number,
        level
    from levels
),

held as (
    select
        subscription_id,
        charge_id,
        group_value,
        service_start,
        span_start,
        from_date,
        from_position,
        reading_number,
        {{ last_known(
            'level',
            'subscription_id, charge_id, group_value, level_since',
            'from_date, from_position, reading_number'
        ) }} as level
    from moments
),

{# A level holds until the next one, or the end of its span. #}
steps as (
    select
        held.subscription_id,
        held.charge_id,
        held.group_value,
        held.service_start,
        held.span_start,
        held.level,
        held.from_date,
        held.from_position,
        row_number() over steps_of_a_span as step_number,
        coalesce(
            lead(held.from_date) over steps_of_a_span, spans.span_end
        ) as to_date,
        coalesce(lead(held.from_position) over steps_of_a_span, 0)
            as to_position
    from held
    inner join spans
        on
            held.subscription_id = spans.subscription_id
            and held.charge_id = spans.charge_id
            and held.span_start = spans.span_start
    window
        steps_of_a_span as (
            partition by
                held.subscription_id,
                held.charge_id,
                held.group_value,
                held.span_start
            order by held.from_date, held.from_position, held.reading_number
        )
)

select * from steps
