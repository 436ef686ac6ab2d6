{# Grain: one row per commitment_id, era_start. #}

with

commitments as (
    select * from {{ ref('stg_commitments') }}
),

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

subscription_eras as (
    select * from {{ ref('int_subscription_eras') }}
),

account_eras as (
    select * from {{ ref('int_account_eras') }}
),

{# One subscription, or all that an account holds, or pays for. #}
covered as (
    select
        commitments.commitment_id,
        subscription_eras.subscription_id,
        subscription_eras.era_start,
        subscription_eras.era_end
    from commitments
    inner join subscription_eras
        on commitments.subscription_id = subscription_eras.subscription_id

    union all

    select
        commitments.commitment_id,
        subscription_eras.subscription_id,
        subscription_eras.era_start,
        subscription_eras.era_end
    from commitments
    inner join subscription_eras
        on commitments.account_id = subscription_eras.account_id
    where commitments.subscription_id is null

    union all

    select
        commitments.commitment_id,
        subscription_eras.subscription_id,
        subscription_eras.era_start,
        subscription_eras.era_end
    from commitments
    inner join subscription_eras
        on commitments.account_id = subscription_eras.payer_account_id
    where commitments.subscription_id is null
),

covered_days as (
    select
        covered.commitment_id,
        greatest(subscriptions.starts_on, covered.era_start) as first_day,
        least(
            coalesce(subscriptions.ended_on, date '9999-12-31'),
            covered.era_end
        ) as day_after
    from covered
    inner join subscriptions
        on covered.subscription_id = subscriptions.subscription_id
),

subscribed as (
    select
        commitment_id,
        min(first_day) as first_day,
        max(day_after) as day_after
    from covered_days
    where first_day < day_after
    group by commitment_id
),

{# It begins with the first subscription, and ends with the last, at most. #}
placed as (
    select
        commitments.commitment_id,
        commitments.account_id,
        commitments.amount,
        commitments.currency,
        commitments.period_months,
        commitments.period_days,
        coalesce(commitments.subscription_id, '') as subscription_id,
        greatest(commitments.starts_on, subscribed.first_day) as starts_on,
        nullif(
            least(commitments.ends_on, subscribed.day_after),
            date '9999-12-31'
        ) as ended_on
    from commitments
    inner join subscribed
        on commitments.commitment_id = subscribed.commitment_id
),

{# The calendars that it lives under, and who pays. #}
holders as (
    select
        '' as subscription_id,
        account_id as holder_id,
        account_id,
        entity_id,
        payer_account_id,
        era_start,
        era_end,
        cycle_anchor,
        cycle_months,
        cycle_days
    from account_eras

    union all

    select
        subscription_id,
        subscription_id as holder_id,
        account_id,
        entity_id,
        payer_account_id,
        era_start,
        era_end,
        cycle_anchor,
        cycle_months,
        cycle_days
    from subscription_eras
),

eras as (
    select
        placed.commitment_id,
        placed.subscription_id,
        holders.account_id,
        holders.entity_id,
        holders.payer_account_id,
        placed.amount,
        placed.currency,
        placed.period_months,
        placed.period_days,
        placed.starts_on,
        placed.ended_on,
        holders.era_start,
        holders.era_end,
        holders.cycle_anchor,
        holders.cycle_months,
        holders.cycle_days
    from placed
    inner join holders
        on
            placed.subscription_id = holders.subscription_id
            and coalesce(nullif(placed.subscription_id, ''), placed.account_id)
            = holders.holder_id
    where
        placed.ended_on is null or placed.starts_on < placed.ended_on
)

select * from eras
