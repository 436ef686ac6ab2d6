{# Grain: one row per event_id whose value its meter cannot read. #}

with

events as (
    select * from {{ ref('stg_usage_events') }}
),

meters as (
    select * from {{ ref('int_meter_dimensions') }}
),

sums as (
    select * from {{ ref('int_usage_sums') }}
),

{# Few pairs have any: only their events are looked at again. #}
pairs_refused as (
    select
        subscription_id,
        meter_id
    from sums
    where refused_count > 0
    group by subscription_id, meter_id
),

{#
    What is not a number, or not an exact one, disturbs nobody else; what is
    missing adds nothing.
#}
refused as (
    select
        events.event_id,
        events.source_file,
        events.source_row,
        events.landed_at,
        'not_a_number: property '
        || case
            when
                meters.has_dynamic_charge
                and {{ is_not_a_number('events', "'amount'") }}
                then 'amount'
            else meters.property
        end
        || ' of meter ' || meters.meter_id
        || ' is to be a number of at most 12 decimals' as reason,
        {{ json_row('events') }} as row_content
    from pairs_refused
    inner join meters on pairs_refused.meter_id = meters.meter_id
    inner join events
        on
            pairs_refused.subscription_id = events.subscription_id
            and pairs_refused.meter_id = events.meter_id
    where not {{ is_readable('events', 'meters') }}
)

select * from refused
