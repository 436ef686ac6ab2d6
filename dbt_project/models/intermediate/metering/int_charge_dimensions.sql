{# Grain: one row per charge_id, dimensions that the charge bills. #}

with

days as (
    select * from {{ ref('int_usage_days') }}
),

readings as (
    select * from {{ ref('int_usage_readings') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

filters as (
    select * from {{ ref('int_charge_filters') }}
),

{# A level that carries over may have been set on a day that is settled. #}
combinations as (
    select
        meter_id,
        dimensions
    from days

    union

    select
        meter_id,
        dimensions
    from readings
),

filter_counts as (
    select
        charge_id,
        count(*) as filter_count
    from filters
    group by charge_id
),

{# A missing property is null, and never admitted. #}
filters_met as (
    select
        filters.charge_id,
        combinations.dimensions,
        count(*) as met_count
    from combinations
    inner join filters on combinations.meter_id = filters.meter_id
    where {{ json_filter_admits(
        'filters.admitted_values',
        json_property('combinations.dimensions', 'filters.property')
    ) }}
    group by filters.charge_id, combinations.dimensions
),

{# A charge bills what passes all its filters; without any, everything. #}
billed_dimensions as (
    select
        charges.charge_id,
        charges.meter_id,
        charges.plan_id,
        combinations.dimensions,
        case
            when charges.group_by is null then ''
            else coalesce({{ json_property(
                'combinations.dimensions', 'charges.group_by'
            ) }}, '')
        end as group_value
    from charges
    inner join combinations on charges.meter_id = combinations.meter_id
    left join filter_counts on charges.charge_id = filter_counts.charge_id
    left join filters_met
        on
            charges.charge_id = filters_met.charge_id
            and combinations.dimensions = filters_met.dimensions
    where
        charges.kind = 'usage'
        and coalesce(filter_counts.filter_count, 0)
        = coalesce(filters_met.met_count, 0)
)

select * from billed_dimensions
