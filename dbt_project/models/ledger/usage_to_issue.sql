{# Grain: one row per line_id, meter_id, usage_date. #}

with

lines as (
    select * from {{ ref('lines_to_issue') }}
),

items as (
    select * from {{ ref('int_items_measured') }}
),

charged as (
    select * from {{ ref('int_usage_charged') }}
),

issued_lines as (
    select * from {{ source('issued', 'lines') }}
),

issued_usage as (
    select * from {{ source('issued', 'usage') }}
),

{#
    A line is what its item is worth, minus what was billed for it; so are its
    events: those of the item now, minus those that its earlier lines have.
#}
entries as (
    select
        lines.line_id,
        charged.meter_id,
        charged.usage_date,
        charged.quantity,
        charged.event_count,
        charged.first_event_at,
        charged.last_event_at
    from lines
    inner join items on lines.item_id = items.item_id
    inner join charged
        on
            items.subscription_id = charged.subscription_id
            and items.charge_id = charged.charge_id
            and items.service_start = charged.service_start
            and items.group_value = charged.group_value
    where items.item_kind = 'usage'

    union all

    select
        lines.line_id,
        issued_usage.meter_id,
        issued_usage.usage_date,
        -issued_usage.quantity as quantity,
        -issued_usage.event_count as event_count,
        issued_usage.first_event_at,
        issued_usage.last_event_at
    from lines
    inner join issued_lines on lines.item_id = issued_lines.item_id
    inner join issued_usage on issued_lines.line_id = issued_usage.line_id
),

differences as (
    select
        line_id,
        meter_id,
        usage_date,
        cast(sum(quantity) as decimal(38, 12)) as quantity,
        cast(sum(event_count) as bigint) as event_count,
        min(first_event_at) as first_event_at,
        max(last_event_at) as last_event_at
    from entries
    group by line_id, meter_id, usage_date
    having sum(quantity) != 0 or sum(event_count) != 0
)

select * from differences
