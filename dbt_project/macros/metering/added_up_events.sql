{#
    Events added up by subscription, meter, day and dimensions, before any
    join: the columns of int_usage_sums. `events` is a relation with the
    columns of stg_usage_events_landed, `condition` a filter on it, `also`
    names more of its columns to group by. Imported each time it is named, for
    what is named twice is copied whole before it is read. Needs the imports
    `meters` (int_meter_dimensions) and `entities`.
#}
{% macro added_up_events(events, condition='true', also=[]) -%}
    with

    utc_days as (
        select {{ utc_day('events.occurred_at') }} as utc_day
        from {{ events }} as events
        where {{ condition }}
        group by utc_day
    ),

    {#
        A local day begins within two days before any of its instants: all of
        its quarters are looked at, so its key does not depend on the events.
    #}
    quarter_hours as (
        select
            unnest(range((utc_day - 2) * 96, (utc_day + 1) * 96))
                as quarter_hour
        from utc_days
    ),

    zones as (
        select timezone
        from entities
        group by timezone
    ),

    dated as (
        select
            quarter_hours.quarter_hour,
            string_agg(
                cast({{ date_in_zone(
                    quarter_hour_start('quarter_hours.quarter_hour'),
                    "coalesce(zones.timezone, 'UTC')"
                ) }} as varchar),
                ' ' order by zones.timezone
            ) as local_dates
        from (
            select distinct quarter_hour
            from quarter_hours
        ) as quarter_hours
        left join zones on true
        group by quarter_hours.quarter_hour
    ),

    {#
        Quarters whose local dates are the same in every seller's zone are one
        day: with one zone, that zone's day.
    #}
    quarters as (
        select
            quarter_hour,
            min(quarter_hour) over (partition by local_dates) as day_key
        from dated
    ),

    {# What is read from an event's properties is read event by event. #}
    meters_of_properties as (
        select * from meters
        where
            property is not null
            or dimension_names is not null
            or has_dynamic_charge
    ),

    {#
        A bare date is a local date wherever the seller is: it has a key of
        its own, below 0.
    #}
    plain_sums as (
        select
            events.subscription_id,
            events.meter_id,
            case
                when events.is_local_date then -quarters.quarter_hour
                else quarters.day_key
            end as day_key,
            '{}' as dimensions,
            {%- for column in also %}
            events.{{ column }},
            {%- endfor %}
            sum(events.quantity) as quantity,
            max(events.quantity) as greatest_quantity,
            cast(0 as decimal(38, 12)) as amount,
            count(*) as event_count,
            cast(0 as bigint) as refused_count,
            min(events.occurred_at) as first_event_at,
            max(events.occurred_at) as last_event_at
        from {{ events }} as events
        inner join quarters
            on {{ quarter_hour('events.occurred_at') }} = quarters.quarter_hour
        left join meters_of_properties
            on events.meter_id = meters_of_properties.meter_id
        where meters_of_properties.meter_id is null and {{ condition }}
        group by all
    ),

    {#
        An event without the meter's property, or an amount, adds 0; one whose
        value is not a number is refused, and counted by itself.
    #}
    readings as (
        select
            events.subscription_id,
            events.meter_id,
            {%- for column in also %}
            events.{{ column }},
            {%- endfor %}
            events.occurred_at,
            case
                when events.is_local_date then -quarters.quarter_hour
                else quarters.day_key
            end as day_key,
            {{ reading_dimensions('events', 'meters') }} as dimensions,
            {{ is_readable('events', 'meters') }} as is_readable,
            case
                when meters.aggregation = 'sum'
                    then {{ reading_quantity('events', 'meters') }}
            end as quantity,
            case
                when meters.has_dynamic_charge
                    then {{ json_number('events.properties', "'amount'") }}
            end as amount
        from meters_of_properties as meters
        inner join {{ events }} as events on meters.meter_id = events.meter_id
        inner join quarters
            on {{ quarter_hour('events.occurred_at') }} = quarters.quarter_hour
        where {{ condition }}
    ),

    sums_of_readings as (
        select
            subscription_id,
            meter_id,
            day_key,
            dimensions,
            {%- for column in also %}
            {{ column }},
            {%- endfor %}
            coalesce(sum(quantity) filter (where is_readable), 0) as quantity,
            max(quantity) filter (where is_readable) as greatest_quantity,
            coalesce(sum(amount) filter (where is_readable), 0) as amount,
            count(*) filter (where is_readable) as event_count,
            count(*) filter (where not is_readable) as refused_count,
            min(occurred_at) filter (where is_readable) as first_event_at,
            max(occurred_at) filter (where is_readable) as last_event_at
        from readings
        group by all
    )

    select * from plain_sums
    union all
    select * from sums_of_readings
{%- endmacro %}
