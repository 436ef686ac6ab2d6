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

settled as (
    select * from {{ ref('int_usage_settled') }}
),

last_usage as (
    select * from {{ ref('int_usage_ends') }}
),

{#
    From the first period that is not settled to the end of the open cycle,
    and as far as there is usage.
#}
bounded_grids as (
    select
        grids.*,
        greatest(subscriptions.starts_on, settled.settled_on) as from_on,
        least(
            subscriptions.ended_on,
            greatest(
                subscriptions.next_bill_date, last_usage.usage_date + 1
            )
        ) as until_on
    from grids
    inner join subscriptions
        on grids.subscription_id = subscriptions.subscription_id
    inner join settled
        on subscriptions.payer_account_id = settled.payer_account_id
    left join last_usage
        on grids.subscription_id = last_usage.subscription_id
    where grids.kind = 'usage'
),

rating_grids as (
    select * from bounded_grids
    where purpose = 'rating'
),

rating_periods as (
    {{ periods_on_grid('rating_grids') }}
),

first_rating_periods as (
    select
        subscription_id,
        charge_id,
        min(period_start) as period_start
    from rating_periods
    group by subscription_id, charge_id
),

{# All windows of a rating period that is not settled. #}
service_grids as (
    select
        bounded_grids.* replace (
            least(bounded_grids.from_on, first_rating_periods.period_start)
            as from_on
        )
    from bounded_grids
    left join first_rating_periods
        on
            bounded_grids.subscription_id
            = first_rating_periods.subscription_id
            and bounded_grids.charge_id = first_rating_periods.charge_id
    where bounded_grids.purpose = 'service'
),

periods as (
    {{ periods_on_grid('service_grids') }}
),

windows as (
    select
        periods.subscription_id,
        periods.charge_id,
        stays.plan_id,
        stays.stay_end,
        periods.period_start,
        periods.period_end,
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

{#
    A window of a charge with a rating period belongs to the one in which it
    starts. It is the last of it when the period, the plan or the
    subscription ends with it.
#}
rated as (
    select
        windows.*,
        rating_periods.fit as rating_fit,
        rating_periods.period_start as rating_start,
        rating_periods.period_end as rating_end,
        rating_periods.period_start is not null
        and (
            windows.service_end >= rating_periods.period_end
            or coalesce(windows.service_end >= windows.stay_end, false)
        )
        and row_number() over (
            partition by
                windows.subscription_id,
                windows.charge_id,
                rating_periods.period_start
            order by windows.service_start desc
        ) = 1 as is_last_of_rating
    from windows
    left join rating_periods
        on
            windows.subscription_id = rating_periods.subscription_id
            and windows.charge_id = rating_periods.charge_id
            and windows.service_start >= rating_periods.period_start
            and windows.service_start < rating_periods.period_end
),

{# Usage falls due where its window ends. #}
due as (
    select
        rated.subscription_id,
        rated.charge_id,
        subscriptions.account_id,
        subscriptions.entity_id,
        subscriptions.payer_account_id,
        subscriptions.currency,
        rated.plan_id,
        rated.period_start,
        rated.period_end,
        rated.rating_fit,
        rated.rating_start,
        rated.rating_end,
        rated.is_last_of_rating,
        rated.service_start,
        rated.service_end,
        rated.service_end as due_on,
        {{ bill_date_on_or_after(
            'rated.service_end', 'subscriptions.cycle_anchor',
            'subscriptions.cycle_months', 'subscriptions.cycle_days'
        ) }} as bill_date,
        coalesce(
            rated.service_end < subscriptions.billing_starts_on, false
        ) as is_before_billing_starts
    from rated
    inner join subscriptions
        on rated.subscription_id = subscriptions.subscription_id
)

select * from due
