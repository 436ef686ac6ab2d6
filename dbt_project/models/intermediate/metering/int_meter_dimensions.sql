{# Grain: one row per meter_id. #}

with

meters as (
    select * from {{ ref('stg_meters') }}
),

filters as (
    select * from {{ ref('int_charge_filters') }}
),

{# The properties that decide which charge bills an event of the meter. #}
properties as (
    select
        meter_id,
        list_sort(list(distinct property)) as dimension_names
    from filters
    group by meter_id
),

dimensions as (
    select
        meters.meter_id,
        meters.aggregation,
        meters.property,
        properties.dimension_names
    from meters
    left join properties on meters.meter_id = properties.meter_id
)

select * from dimensions
