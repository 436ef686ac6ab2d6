{# Grain: one row per subscription_id, segment_start. #}

with

states as (
    select * from {{ ref('int_subscription_states') }}
),

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

{# The last state of a day is the state of that day. #}
days_of_change as (
    select
        subscription_id,
        effective_on,
        max_by(plan_id, change_rank) as plan_id,
        max_by(quantity, change_rank) as quantity,
        max_by(is_paused, change_rank) as is_paused
    from states
    group by subscription_id, effective_on
),

stretches as (
    select
        days_of_change.subscription_id,
        days_of_change.plan_id,
        days_of_change.quantity,
        days_of_change.effective_on as segment_start,
        subscriptions.ended_on,
        case
            when days_of_change.effective_on < subscriptions.trial_ends_on
                then 'trial'
            when days_of_change.is_paused then 'paused'
            else 'active'
        end as state,
        least(
            lead(days_of_change.effective_on) over (
                partition by days_of_change.subscription_id
                order by days_of_change.effective_on
            ),
            subscriptions.ended_on
        ) as segment_end
    from days_of_change
    inner join subscriptions
        on days_of_change.subscription_id = subscriptions.subscription_id
),

lived as (
    select * from stretches
    where ended_on is null or segment_start < ended_on
),

segments as (
    {{ merge_neighbours(
        'lived', 'subscription_id', ['plan_id', 'quantity', 'state'],
        'segment_start', 'segment_end'
    ) }}
)

select * from segments
