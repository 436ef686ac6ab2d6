{#
    Guards law 2 from the landed events to the daily quantities, one total:
    each event that was not taken back is in a day, refused for its value, or
    waits for its subscription or meter. Usage that drops out between two
    models would be lost in silence.
#}

with

events as (
    select * from {{ ref('stg_usage_events') }}
),

daily as (
    select * from {{ ref('int_usage_daily') }}
),

refused as (
    select * from {{ ref('int_usage_refused') }}
),

waiting as (
    select * from {{ ref('int_rows_waiting') }}
),

standing as (
    select count(*) as event_count
    from events
),

waiting_events as (
    select row_key as event_id
    from waiting
    where table_name = 'usage_events'
),

{# One event may be refused and wait at once; it is still one. #}
set_aside as (
    select event_id from refused
    union
    select event_id from waiting_events
),

set_aside_total as (
    select count(*) as event_count
    from set_aside
),

daily_total as (
    select coalesce(sum(event_count), 0) as event_count
    from daily
),

totals as (
    select
        standing.event_count as standing_count,
        set_aside_total.event_count as set_aside_count,
        daily_total.event_count as daily_count
    from standing
    cross join set_aside_total
    cross join daily_total
)

select * from totals
where standing_count != set_aside_count + daily_count
