{# Grain: one row per meter_id. #}

with

meters as (
    select * from {{ ref('stg_meters') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

prices as (
    select * from {{ ref('stg_prices') }}
),

filters as (
    select * from {{ ref('int_charge_filters') }}
),

deciding_properties as (
    select
        meter_id,
        property
    from filters

    union all

    select
        meter_id,
        group_by as property
    from charges
    where kind = 'usage' and group_by is not null
),

{# The properties that decide which charge bills an event, on which line. #}
properties as (
    select
        meter_id,
        list_sort(list(distinct property)) as dimension_names
    from deciding_properties
    group by meter_id
),

charges_by_event as (
    select charge_id
    from prices
    where {{ is_priced_by_event() }}
    group by charge_id
),

uses as (
    select
        charges.meter_id,
        bool_or(charges.model = 'dynamic') as has_dynamic_charge,
        bool_or(
            charges.model = 'percentage'
            and charges_by_event.charge_id is not null
        ) as has_charge_by_event
    from charges
    left join charges_by_event
        on charges.charge_id = charges_by_event.charge_id
    where charges.kind = 'usage'
    group by charges.meter_id
),

{#
    A sum or a count adds up by the day; what has a level, or a price for
    each event, is read event by event.
#}
dimensions as (
    select
        meters.meter_id,
        meters.aggregation,
        meters.property,
        meters.event_carries,
        meters.carries_over,
        properties.dimension_names,
        coalesce(uses.has_dynamic_charge, false) as has_dynamic_charge,
        coalesce(uses.has_charge_by_event, false) as has_charge_by_event,
        meters.aggregation in ('max', 'latest', 'unique_count', 'time_weighted')
        or (meters.aggregation in ('sum', 'count') and meters.carries_over)
            as has_level
    from meters
    left join properties on meters.meter_id = properties.meter_id
    left join uses on meters.meter_id = uses.meter_id
)

select * from dimensions
