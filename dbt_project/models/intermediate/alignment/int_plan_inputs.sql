{# Grain: one row per plan_id. #}

with

plans as (
    select * from {{ ref('stg_plans') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

prices as (
    select * from {{ ref('stg_prices') }}
),

meters as (
    select * from {{ ref('stg_meters') }}
),

rows_of_plans as (
    select
        plan_id,
        {{ row_digest('plans') }} as row_digest
    from plans

    union all

    select
        plan_id,
        {{ row_digest('charges') }} as row_digest
    from charges

    union all

    select
        charges.plan_id,
        {{ row_digest('meters') }} as row_digest
    from charges
    inner join meters on charges.meter_id = meters.meter_id

    union all

    select
        charges.plan_id,
        {{ row_digest('prices') }} as row_digest
    from charges
    inner join prices on charges.charge_id = prices.charge_id
    where prices.subscription_id = ''
),

inputs as (
    select
        plan_id,
        sum(row_digest) as plan_digest
    from rows_of_plans
    group by plan_id
)

select * from inputs
