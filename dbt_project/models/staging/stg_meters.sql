{# Grain: one row per meter_id. #}

with

landed as (
    select * from {{ source('raw', 'meters') }}
),

current_versions as (
    {{ latest_version('landed', ['meter_id']) }}
),

renamed as (
    select
        meter_id,
        name,
        aggregation,
        unit,
        property,
        coalesce(event_carries, 'level') as event_carries,
        coalesce(carries_over, false) as carries_over,
        coalesce(divisor, 1) as divisor,
        coalesce(rounding, 'none') as rounding,
        coalesce(rounding_unit, 1) as rounding_unit
    from current_versions
)

select * from renamed
