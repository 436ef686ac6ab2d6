{# Grain: one row per subscription_id, charge_id, one_time_item_id. #}

with

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

subscription_eras as (
    select * from {{ ref('int_subscription_eras') }}
),

account_eras as (
    select * from {{ ref('int_account_eras') }}
),

segments as (
    select * from {{ ref('int_subscription_segments') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

one_time_charges as (
    select * from {{ ref('stg_one_time_charges') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

payers as (
    select * from {{ ref('int_account_payers') }}
),

settled as (
    select * from {{ ref('int_payers_settled') }}
),

plans_entered as (
    select
        subscription_id,
        plan_id,
        min(segment_start) as entered_on,
        min_by(quantity, segment_start) as quantity
    from segments
    group by subscription_id, plan_id
),

{# A plan's set-up fee: once, on the day the plan is first entered. #}
plan_fees as (
    select
        '' as one_time_item_id,
        plans_entered.subscription_id,
        charges.charge_id,
        subscription_eras.account_id,
        plans_entered.plan_id,
        plans_entered.quantity,
        cast(null as decimal(38, 12)) as amount,
        cast(null as varchar) as description,
        cast(null as varchar) as tax_code,
        cast(null as varchar) as currency,
        plans_entered.entered_on as occurred_on
    from plans_entered
    inner join charges on plans_entered.plan_id = charges.plan_id
    inner join subscription_eras
        on
            plans_entered.subscription_id = subscription_eras.subscription_id
            and plans_entered.entered_on > subscription_eras.era_start
            and plans_entered.entered_on <= subscription_eras.era_end
    where charges.kind = 'one_time'
),

{#
    A stated amount is the total, so it is charged once. What names a
    subscription waits until that has landed.
#}
landed_charges as (
    select
        one_time_charges.item_id as one_time_item_id,
        one_time_charges.subscription_id,
        one_time_charges.charge_id,
        one_time_charges.account_id,
        cast(null as varchar) as plan_id,
        case
            when one_time_charges.amount is not null then 1
            else coalesce(one_time_charges.quantity, 1)
        end as quantity,
        one_time_charges.amount,
        one_time_charges.description,
        one_time_charges.tax_code,
        one_time_charges.currency,
        one_time_charges.occurred_on
    from one_time_charges
    left join subscriptions
        on one_time_charges.subscription_id = subscriptions.subscription_id
    where
        one_time_charges.subscription_id is null
        or subscriptions.subscription_id is not null
),

charged as (
    select * from plan_fees
    union all
    select * from landed_charges
),

{#
    Who pays, in which currency and when: as on the first bill date at or
    after the day. What that bill date closed stays where it was billed.
#}
windows as (
    select
        charged.one_time_item_id,
        charged.subscription_id,
        charged.charge_id,
        charged.account_id,
        account_eras.entity_id,
        account_eras.payer_account_id,
        coalesce(charged.currency, account_eras.currency) as currency,
        charged.plan_id,
        charged.quantity,
        charged.amount,
        charged.description,
        charged.tax_code,
        charged.occurred_on as service_start,
        charged.occurred_on + 1 as service_end,
        charged.occurred_on as due_on,
        {{ bill_date_on_or_after(
            'charged.occurred_on', 'account_eras.cycle_anchor',
            'account_eras.cycle_months', 'account_eras.cycle_days'
        ) }} as bill_date
    from charged
    inner join account_eras
        on
            charged.account_id = account_eras.account_id
            and charged.occurred_on > account_eras.era_start
            and charged.occurred_on <= account_eras.era_end
    inner join entities on account_eras.entity_id = entities.entity_id
    inner join payers on charged.account_id = payers.account_id
    inner join settled on payers.payer_account_id = settled.payer_account_id
    where
        charged.occurred_on + 1 > settled.settled_on
        and (
            entities.billing_starts_on is null
            or charged.occurred_on >= entities.billing_starts_on
        )
)

select * from windows
