{# Grain: one row per event_id whose subscription or meter has not landed. #}

with

events as (
    select * from {{ ref('stg_usage_events') }}
),

sums as (
    select * from {{ ref('int_usage_sums') }}
),

meters as (
    select * from {{ ref('stg_meters') }}
),

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

pairs_used as (
    select
        subscription_id,
        meter_id
    from sums
    group by subscription_id, meter_id
),

{# Few pairs wait, if any: only their events are looked for. #}
pairs_waiting as (
    select
        pairs_used.subscription_id,
        pairs_used.meter_id,
        case
            when subscriptions.subscription_id is null
                then 'subscription ' || pairs_used.subscription_id
            else 'meter ' || pairs_used.meter_id
        end as waits_for
    from pairs_used
    left join subscriptions
        on pairs_used.subscription_id = subscriptions.subscription_id
    left join meters on pairs_used.meter_id = meters.meter_id
    where
        subscriptions.subscription_id is null
        or meters.meter_id is null
),

waiting as (
    select
        'usage_events' as table_name,
        events.event_id as row_key,
        pairs_waiting.waits_for
    from pairs_waiting
    inner join events
        on
            pairs_waiting.subscription_id = events.subscription_id
            and pairs_waiting.meter_id = events.meter_id
)

select * from waiting
