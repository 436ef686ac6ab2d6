{# Grain: one row per subscription_id, charge_id, service_start. #}

with

windows as (
    select * from {{ ref('int_usage_windows') }}
),

charged as (
    select * from {{ ref('int_usage_charged') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

meters as (
    select * from {{ ref('stg_meters') }}
),

totals as (
    select
        subscription_id,
        charge_id,
        service_start,
        cast(sum(quantity) as decimal(38, 12)) as quantity_sum,
        cast(sum(event_count) as bigint) as event_count
    from charged
    group by subscription_id, charge_id, service_start
),

{# A negative metered quantity counts as nothing used. #}
quantities as (
    select
        windows.subscription_id,
        windows.charge_id,
        windows.account_id,
        windows.entity_id,
        windows.payer_account_id,
        windows.currency,
        windows.plan_id,
        windows.service_start,
        windows.service_end,
        windows.due_on,
        windows.bill_date,
        meters.aggregation,
        meters.unit,
        greatest(
            case meters.aggregation
                when 'sum'
                    then coalesce(
                        totals.quantity_sum, cast(0 as decimal(38, 12))
                    )
                when 'count'
                    then cast(
                        coalesce(totals.event_count, 0) as decimal(38, 12)
                    )
            end,
            cast(0 as decimal(38, 12))
        ) as quantity,
        coalesce(totals.event_count, 0) as event_count
    from windows
    inner join charges on windows.charge_id = charges.charge_id
    left join meters on charges.meter_id = meters.meter_id
    left join totals
        on
            windows.subscription_id = totals.subscription_id
            and windows.charge_id = totals.charge_id
            and windows.service_start = totals.service_start
    where not windows.is_before_billing_starts
)

select * from quantities
