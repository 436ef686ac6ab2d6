{# Grain: one row per subscription_id, charge_id, service_start. #}

with

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

eras as (
    select * from {{ ref('int_subscription_eras') }}
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

{# From what is not settled to the end of the open cycle, or of its usage. #}
bounded_grids as (
    select
        grids.*,
        grids.grid_start as from_on,
        greatest(grids.grid_start, settled.settled_on) as open_from,
        least(
            subscriptions.ended_on,
            greatest(
                subscriptions.next_bill_date, last_usage.usage_date + 1
            ),
            grids.era_end
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
        bounded_grids.* exclude (open_from),
        greatest(
            bounded_grids.from_on,
            least(bounded_grids.open_from, first_rating_periods.period_start)
        ) as open_from
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
        greatest(periods.period_start, periods.from_on, stays.stay_start)
            as service_start,
        least(periods.period_end, stays.stay_end) as service_end
    from periods
    inner join charges on periods.charge_id = charges.charge_id
    inner join stays
        on
            periods.subscription_id = stays.subscription_id
            and charges.plan_id = stays.plan_id
            and periods.period_end > stays.stay_start
            and greatest(periods.period_start, periods.from_on)
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
        greatest(rating_periods.period_start, rating_periods.from_on)
            as rated_from,
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
            and windows.service_start
            >= greatest(rating_periods.period_start, rating_periods.from_on)
            and windows.service_start < rating_periods.period_end
),

{#
    Usage falls due where its window ends, in the calendar of that day. It is
    its holder's of the first day; a rating period's, of the period's.
#}
due as (
    select
        rated.subscription_id,
        rated.charge_id,
        holders.account_id,
        holders.entity_id,
        holders.payer_account_id,
        holders.currency,
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
            'rated.service_end', 'calendars.cycle_anchor',
            'calendars.cycle_months', 'calendars.cycle_days'
        ) }} as bill_date,
        coalesce(
            rated.service_end < subscriptions.billing_starts_on, false
        ) as is_before_billing_starts
    from rated
    inner join subscriptions
        on rated.subscription_id = subscriptions.subscription_id
    inner join eras as holders
        on
            rated.subscription_id = holders.subscription_id
            and coalesce(rated.rated_from, rated.service_start)
            >= holders.era_start
            and coalesce(rated.rated_from, rated.service_start)
            < holders.era_end
    inner join eras as calendars
        on
            rated.subscription_id = calendars.subscription_id
            and rated.service_end > calendars.era_start
            and rated.service_end <= calendars.era_end
)

select * from due
