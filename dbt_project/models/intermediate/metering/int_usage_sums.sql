{# Grain: one row per subscription, meter, day_key, dimensions, landing_id. #}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='sync_all_columns',
    pre_hook='{{ forget_meters_read_anew() }}'
) }}

with

meters as (
    select * from {{ ref('int_meter_dimensions') }}
),

versions as (
    select * from {{ ref('int_meter_versions') }}
),

version_of_unknown as (
    select meter_version
    from {{ ref('int_meter_versions') }}
    where meter_id = ''
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

{#
    Each landing is added up once, as it came: what is taken back later is
    taken out later.
#}
added_up as (
    {{ added_up_events(
        ref('stg_usage_events_landed'), is_not_read_yet(), ['landing_id']
    ) }}
),

sums as (
    select
        added_up.subscription_id,
        added_up.meter_id,
        added_up.day_key,
        added_up.dimensions,
        added_up.landing_id,
        added_up.quantity,
        added_up.greatest_quantity,
        added_up.amount,
        added_up.event_count,
        added_up.refused_count,
        added_up.first_event_at,
        added_up.last_event_at,
        coalesce(versions.meter_version, version_of_unknown.meter_version)
            as meter_version
    from added_up
    cross join version_of_unknown
    left join versions on added_up.meter_id = versions.meter_id
)

select * from sums
