{#
    Guards law 2 from the landed events to their sums, one total: each event
    is in the sum of its day, or counted there as refused for its value. Those
    that wait for their subscription or meter are in a sum, too. Usage that
    drops out here would be lost in silence.
#}

with

events as (
    select * from {{ ref('stg_usage_events_landed') }}
),

sums as (
    select * from {{ ref('int_usage_sums') }}
),

landed as (
    select count(*) as event_count
    from events
),

added_up as (
    select coalesce(sum(event_count + refused_count), 0) as event_count
    from sums
),

totals as (
    select
        landed.event_count as landed_count,
        added_up.event_count as added_up_count
    from landed
    cross join added_up
)

select * from totals
where landed_count != added_up_count
