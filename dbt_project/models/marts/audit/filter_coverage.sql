{# Grain: one row per plan_id, meter_id, dimensions. #}

with

days as (
    select * from {{ ref('int_usage_days') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

charge_dimensions as (
    select * from {{ ref('int_charge_dimensions') }}
),

plans_of_meters as (
    select
        plan_id,
        meter_id
    from charges
    where kind = 'usage' and meter_id is not null
    group by plan_id, meter_id
),

combinations as (
    select
        meter_id,
        dimensions
    from days
    group by meter_id, dimensions
),

used as (
    select
        plan_id,
        meter_id,
        dimensions,
        cast(sum(quantity) as decimal(38, 12)) as quantity,
        cast(sum(event_count) as bigint) as event_count
    from days
    where state = 'active'
    group by plan_id, meter_id, dimensions
),

billing as (
    select
        plan_id,
        meter_id,
        dimensions,
        count(*) as charge_count,
        string_agg(charge_id, ', ' order by charge_id) as charge_ids
    from charge_dimensions
    group by plan_id, meter_id, dimensions
),

{#
    Every combination of properties that has landed, for every plan that bills
    the meter, whether or not a customer of that plan has used it yet.
#}
coverage as (
    select
        plans_of_meters.plan_id,
        plans_of_meters.meter_id,
        combinations.dimensions,
        coalesce(billing.charge_count, 0) as charge_count,
        coalesce(billing.charge_ids, '') as charge_ids,
        case
            when billing.charge_count is null then 'gap'
            when billing.charge_count > 1 then 'overlap'
            else 'one_charge'
        end as coverage,
        coalesce(used.quantity, 0) as quantity,
        coalesce(used.event_count, 0) as event_count
    from plans_of_meters
    inner join combinations
        on plans_of_meters.meter_id = combinations.meter_id
    left join billing
        on
            plans_of_meters.plan_id = billing.plan_id
            and plans_of_meters.meter_id = billing.meter_id
            and combinations.dimensions = billing.dimensions
    left join used
        on
            plans_of_meters.plan_id = used.plan_id
            and plans_of_meters.meter_id = used.meter_id
            and combinations.dimensions = used.dimensions
)

select
    plan_id,
    meter_id,
    dimensions,
    charge_count,
    charge_ids,
    coverage,
    quantity,
    event_count
from coverage
