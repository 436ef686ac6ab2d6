{# Grain: one row per table_name, row_key that waits for plan or charge. #}

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

allowances as (
    select * from {{ ref('stg_allowances') }}
),

waiting_for_plan as (
    select
        'charges' as table_name,
        charges.charge_id as row_key,
        'plan ' || charges.plan_id as waits_for
    from charges
    left join plans on charges.plan_id = plans.plan_id
    where plans.plan_id is null
),

waiting_for_charge as (
    select
        'prices' as table_name,
        prices.charge_id || ' ' || prices.currency || ' '
        || cast(prices.valid_from as varchar) || ' '
        || prices.subscription_id || ' '
        || cast(prices.from_units as varchar) as row_key,
        'charge ' || prices.charge_id as waits_for
    from prices
    left join charges on prices.charge_id = charges.charge_id
    where charges.charge_id is null

    union all

    select
        'allowances' as table_name,
        allowances.allowance_id as row_key,
        'charge ' || allowances.charge_id as waits_for
    from allowances
    left join charges on allowances.charge_id = charges.charge_id
    where allowances.charge_id is not null and charges.charge_id is null
),

waiting as (
    select * from waiting_for_plan
    union all
    select * from waiting_for_charge
)

select * from waiting
