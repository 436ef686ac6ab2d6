{# Grain: one row per change_id that contradicts its subscription. #}

with

states as (
    select * from {{ ref('int_subscription_states') }}
),

changes as (
    select * from {{ ref('stg_subscription_changes') }}
),

with_state_before as (
    select
        change_id,
        cause,
        lag(is_paused) over (
            partition by subscription_id
            order by change_rank
        ) as was_paused
    from states
),

{# For as long as it has no pause: each close looks again. #}
refused as (
    select
        changes.change_id,
        changes.subscription_id,
        changes.source_file,
        changes.source_row,
        changes.landed_at,
        'resume of a subscription that is not paused' as reason,
        {{ json_row('changes') }} as row_content
    from with_state_before
    inner join changes on with_state_before.change_id = changes.change_id
    where
        with_state_before.cause = 'resume'
        and not with_state_before.was_paused
)

select * from refused
