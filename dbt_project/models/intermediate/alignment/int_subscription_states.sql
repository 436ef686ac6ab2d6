{# Grain: one row per subscription_id, effective_on, change_rank. #}

with

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

changes as (
    select * from {{ ref('stg_subscription_changes') }}
),

starts as (
    select
        subscription_id,
        starts_on as effective_on,
        starts_on as asked_on,
        '' as change_id,
        0 as change_rank,
        'start' as cause,
        plan_id,
        quantity,
        false as is_paused
    from subscriptions
),

{# A trial's end changes nothing but the state of the days after it. #}
trial_ends as (
    select
        subscription_id,
        trial_ends_on as effective_on,
        trial_ends_on as asked_on,
        '' as change_id,
        1 as change_rank,
        'trial_end' as cause,
        cast(null as varchar) as plan_id,
        cast(null as decimal(38, 12)) as quantity,
        cast(null as boolean) as is_paused
    from subscriptions
    where trial_ends_on > starts_on
),

{# Changes before the start hold from the start, in the order of their dates. #}
amendments as (
    select
        changes.subscription_id,
        greatest(changes.effective_on, subscriptions.starts_on)
            as effective_on,
        changes.effective_on as asked_on,
        changes.change_id,
        2 as change_rank,
        changes.change as cause,
        case when changes.change = 'plan' then changes.plan_id end
            as plan_id,
        case
            when changes.change in ('plan', 'quantity') then changes.quantity
        end as quantity,
        case changes.change
            when 'pause' then true
            when 'resume' then false
        end as is_paused
    from changes
    inner join subscriptions
        on changes.subscription_id = subscriptions.subscription_id
    where changes.change != 'cancel'
),

timeline as (
    select * from starts
    union all
    select * from trial_ends
    union all
    select * from amendments
),

{# Changes of one day apply in the order of change_id. #}
states as (
    select
        subscription_id,
        effective_on,
        change_id,
        cause,
        row_number() over (
            partition by subscription_id
            order by effective_on, change_rank, asked_on, change_id
        ) as change_rank,
        {{ last_known(
            'plan_id', 'subscription_id',
            'effective_on, change_rank, asked_on, change_id'
        ) }} as plan_id,
        {{ last_known(
            'quantity', 'subscription_id',
            'effective_on, change_rank, asked_on, change_id'
        ) }} as quantity,
        {{ last_known(
            'is_paused', 'subscription_id',
            'effective_on, change_rank, asked_on, change_id'
        ) }} as is_paused
    from timeline
)

select * from states
