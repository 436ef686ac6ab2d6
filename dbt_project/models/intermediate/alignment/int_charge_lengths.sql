{# Grain: one row per subscription_id, charge_id, purpose, era_start. #}

with

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

eras as (
    select * from {{ ref('int_subscription_eras') }}
),

segments as (
    select * from {{ ref('int_subscription_segments') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

commitment_eras as (
    select * from {{ ref('int_commitment_eras') }}
),

plans_entered as (
    select
        subscription_id,
        plan_id
    from segments
    group by subscription_id, plan_id
),

charges_entered as (
    select
        plans_entered.subscription_id,
        charges.charge_id,
        charges.kind,
        charges.alignment,
        charges.period_months,
        charges.period_days,
        charges.rating_period,
        charges.rating_months,
        charges.rating_days
    from plans_entered
    inner join charges on plans_entered.plan_id = charges.plan_id
    where charges.kind in ('recurring', 'usage')
),

{#
    What a line pays for: usage is priced over the account's cycle, unless it
    keeps its own dates. What usage adds up over, where that is longer.
#}
purposes as (
    select
        subscription_id,
        charge_id,
        kind,
        alignment,
        'service' as purpose,
        kind = 'usage' and alignment = 'account' as has_cycle_length,
        period_months as own_months,
        period_days as own_days
    from charges_entered

    union all

    select
        subscription_id,
        charge_id,
        kind,
        alignment,
        'rating' as purpose,
        false as has_cycle_length,
        rating_months as own_months,
        rating_days as own_days
    from charges_entered
    where kind = 'usage' and rating_period is not null
),

{# The calendars that a subscription lives under, in their order. #}
eras_lived as (
    select
        eras.subscription_id,
        subscriptions.starts_on,
        eras.era_start,
        eras.era_end,
        eras.cycle_anchor,
        eras.cycle_months,
        eras.cycle_days,
        row_number() over (
            partition by eras.subscription_id
            order by eras.era_start
        ) as era_number
    from eras
    inner join subscriptions
        on eras.subscription_id = subscriptions.subscription_id
    where eras.era_end > subscriptions.starts_on
),

lengths as (
    select
        eras_lived.*,
        purposes.charge_id,
        purposes.kind,
        purposes.alignment,
        purposes.purpose,
        case
            when purposes.has_cycle_length then eras_lived.cycle_months
            else purposes.own_months
        end as grid_months,
        case
            when purposes.has_cycle_length then eras_lived.cycle_days
            else purposes.own_days
        end as grid_days
    from purposes
    inner join eras_lived
        on purposes.subscription_id = eras_lived.subscription_id

    union all

    {# A commitment is aligned like a charge of its own. #}
    select
        subscription_id,
        starts_on,
        era_start,
        era_end,
        cycle_anchor,
        cycle_months,
        cycle_days,
        row_number() over (
            partition by commitment_id
            order by era_start
        ) as era_number,
        commitment_id as charge_id,
        'commitment' as kind,
        'account' as alignment,
        'commitment' as purpose,
        period_months as grid_months,
        period_days as grid_days
    from commitment_eras
    where era_end > starts_on
),

{#
    How the charge's own length fits the account's cycle: the same, a part of
    it (its periods divide the cycle), a multiple (it renews on a bill date),
    or none of these (a free grid).
#}
fitted as (
    select
        *,
        grid_months + grid_days as grid_length,
        case when grid_months > 0 then 1 else 0 end as unit_months,
        case when grid_months > 0 then 0 else 1 end as unit_days,
        case
            when alignment = 'anniversary' then 'anniversary'
            when grid_months = cycle_months and grid_days = cycle_days
                then 'same'
            when (grid_months > 0) != (cycle_months > 0) then 'free'
            when (cycle_months + cycle_days) % (grid_months + grid_days) = 0
                then 'part'
            when (grid_months + grid_days) % (cycle_months + cycle_days) = 0
                then 'multiple'
            else 'free'
        end as fit
    from lengths
)

select * from fitted
