{# Grain: one row per subscription_id, stretch_start. #}

with

segments as (
    select * from {{ ref('int_subscription_segments') }}
),

ranges as (
    select
        subscription_id,
        plan_id,
        state,
        segment_start as stretch_start,
        segment_end as stretch_end
    from segments
),

{# Plan and state alone: a change of quantity does not cut a stretch. #}
stretches as (
    {{ merge_neighbours(
        'ranges', 'subscription_id', ['plan_id', 'state'],
        'stretch_start', 'stretch_end'
    ) }}
)

select * from stretches
