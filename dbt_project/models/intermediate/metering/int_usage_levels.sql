{# Grain: one row per event_id, charge_id that reads a level from it. #}

with

readings as (
    select * from {{ ref('int_usage_readings') }}
),

meters as (
    select * from {{ ref('int_meter_dimensions') }}
),

charge_dimensions as (
    select * from {{ ref('int_charge_dimensions') }}
),

windows as (
    select * from {{ ref('int_usage_windows') }}
),

spans as (
    select * from {{ ref('int_usage_spans') }}
),

billed_subscriptions as (
    select
        subscription_id,
        charge_id
    from windows
    group by subscription_id, charge_id
),

{#
    Events in a trial or a pause set the level too; without carries_over a
    window starts empty, so what lies outside one says nothing.
#}
placed as (
    select
        readings.event_id,
        readings.subscription_id,
        billed_subscriptions.charge_id,
        charge_dimensions.group_value,
        readings.occurred_at,
        readings.usage_date,
        readings.day_position,
        readings.quantity,
        readings.identifier,
        readings.id_operation,
        windows.service_start,
        spans.span_start,
        case
            when not meters.carries_over then windows.service_start
        end as level_since,
        meters.aggregation in ('max', 'latest', 'time_weighted')
        and meters.event_carries = 'level' as is_absolute
    from readings
    inner join meters on readings.meter_id = meters.meter_id
    inner join charge_dimensions
        on
            readings.meter_id = charge_dimensions.meter_id
            and readings.dimensions = charge_dimensions.dimensions
    inner join billed_subscriptions
        on
            readings.subscription_id = billed_subscriptions.subscription_id
            and charge_dimensions.charge_id = billed_subscriptions.charge_id
    left join windows
        on
            readings.subscription_id = windows.subscription_id
            and charge_dimensions.charge_id = windows.charge_id
            and readings.usage_date >= windows.service_start
            and readings.usage_date < windows.service_end
    left join spans
        on
            readings.subscription_id = spans.subscription_id
            and charge_dimensions.charge_id = spans.charge_id
            and readings.usage_date >= spans.span_start
            and readings.usage_date < spans.span_end
    where
        meters.has_level
        and (meters.carries_over or windows.service_start is not null)
        and (
            meters.carries_over
            or meters.event_carries = 'change'
            or meters.aggregation != 'unique_count'
            or spans.span_start is not null
        )
),

{# Adding an id that is there, or removing one that is not, changes nothing. #}
compared as (
    select
        *,
        coalesce(
            lag(id_operation) over (
                partition by
                    subscription_id,
                    charge_id,
                    group_value,
                    level_since,
                    identifier
                order by occurred_at, event_id
            ),
            'remove'
        ) as previous_operation
    from placed
),

changes as (
    select
        *,
        case
            when identifier is null then quantity
            when id_operation = previous_operation
                then cast(0 as decimal(38, 12))
            when id_operation = 'remove' then cast(-1 as decimal(38, 12))
            else cast(1 as decimal(38, 12))
        end as change
    from compared
),

levels as (
    select
        event_id,
        subscription_id,
        charge_id,
        group_value,
        service_start,
        span_start,
        level_since,
        usage_date,
        day_position,
        row_number() over (
            partition by subscription_id, charge_id, group_value, level_since
            order by occurred_at, event_id
        ) as reading_number,
        case
            when is_absolute then quantity
            else cast(sum(change) over (
                partition by
                    subscription_id, charge_id, group_value, level_since
                order by occurred_at, event_id
                rows between unbounded preceding and current row
            ) as decimal(38, 12))
        end as level
    from changes
)

select * from levels
