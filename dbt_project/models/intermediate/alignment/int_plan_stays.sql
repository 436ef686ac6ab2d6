{# Grain: one row per subscription_id, stay_start. #}

with

segments as (
    select * from {{ ref('int_subscription_segments') }}
),

ranges as (
    select
        subscription_id,
        plan_id,
        segment_start as stay_start,
        segment_end as stay_end,
        state = 'trial' as is_trial
    from segments
),

{# A usage window is cut by a change of plan and a trial's end alone. #}
stays as (
    {{ merge_neighbours(
        'ranges', 'subscription_id', ['plan_id', 'is_trial'],
        'stay_start', 'stay_end'
    ) }}
)

select * from stays
