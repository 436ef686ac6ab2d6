{# Grain: one row per meter_id; the empty one is of meters not landed yet. #}

with

meters as (
    select * from {{ ref('int_meter_dimensions') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

bill_run_requests as (
    select * from {{ ref('stg_bill_run_requests') }}
),

zones as (
    select string_agg(distinct timezone, ' ' order by timezone) as timezones
    from entities
),

meters_and_unknown as (
    select
        meter_id,
        aggregation,
        property,
        event_carries,
        dimension_names,
        has_dynamic_charge
    from meters

    union all

    select
        '' as meter_id,
        null as aggregation,
        null as property,
        null as event_carries,
        null as dimension_names,
        false as has_dynamic_charge
),

{# All that decides how an event of the meter is added up. #}
versions as (
    select
        meters_and_unknown.meter_id,
        {{ stable_key([
            'bill_run_requests.project_digest',
            'zones.timezones',
            'meters_and_unknown.aggregation',
            'meters_and_unknown.property',
            'meters_and_unknown.event_carries',
            'meters_and_unknown.dimension_names',
            'meters_and_unknown.has_dynamic_charge',
        ]) }} as meter_version
    from meters_and_unknown
    cross join zones
    cross join bill_run_requests
)

select * from versions
