{# Grain: one row per subscription_id, charge_id, service_start. #}

with

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

stays as (
    select * from {{ ref('int_plan_stays') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

grids as (
    select * from {{ ref('int_charge_grids') }}
),

daily as (
    select * from {{ ref('int_usage_daily') }}
),

last_usage as (
    select
        subscription_id,
        max(usage_date) as usage_date
    from daily
    group by subscription_id
),

{# Up to the end of the open cycle, and as far as there is usage. #}
bounded_grids as (
    select
        grids.*,
        subscriptions.starts_on as from_on,
        least(
            subscriptions.ended_on,
            greatest(
                subscriptions.next_bill_date, last_usage.usage_date + 1
            )
        ) as until_on
    from grids
    inner join subscriptions
        on grids.subscription_id = subscriptions.subscription_id
    left join last_usage
        on grids.subscription_id = last_usage.subscription_id
    where grids.kind = 'usage'
),

periods as (
    {{ periods_on_grid('bounded_grids') }}
),

windows as (
    select
        periods.subscription_id,
        periods.charge_id,
        stays.plan_id,
        greatest(periods.period_start, stays.stay_start) as service_start,
        least(periods.period_end, stays.stay_end) as service_end
    from periods
    inner join charges on periods.charge_id = charges.charge_id
    inner join stays
        on
            periods.subscription_id = stays.subscription_id
            and charges.plan_id = stays.plan_id
            and periods.period_end > stays.stay_start
            and periods.period_start
            < coalesce(stays.stay_end, date '9999-12-31')
    where not stays.is_trial
),

{# Usage falls due where its window ends. #}
due as (
    select
        windows.subscription_id,
        windows.charge_id,
        subscriptions.account_id,
        subscriptions.entity_id,
        subscriptions.payer_account_id,
        subscriptions.currency,
        windows.plan_id,
        windows.service_start,
        windows.service_end,
        windows.service_end as due_on,
        {{ bill_date_on_or_after(
            'windows.service_end', 'subscriptions.cycle_anchor',
            'subscriptions.cycle_months', 'subscriptions.cycle_days'
        ) }} as bill_date,
        coalesce(
            windows.service_end < subscriptions.billing_starts_on, false
        ) as is_before_billing_starts
    from windows
    inner join subscriptions
        on windows.subscription_id = subscriptions.subscription_id
)

select * from due
