{# Grain: one row per payer_account_id. #}

with

payers as (
    select * from {{ ref('int_account_payers') }}
),

plan_inputs as (
    select * from {{ ref('int_plan_inputs') }}
),

bill_run_requests as (
    select * from {{ ref('stg_bill_run_requests') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

accounts as (
    select * from {{ ref('stg_accounts') }}
),

subscriptions as (
    select * from {{ ref('stg_subscriptions') }}
),

changes as (
    select * from {{ ref('stg_subscription_changes') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

prices as (
    select * from {{ ref('stg_prices') }}
),

one_time_charges as (
    select * from {{ ref('stg_one_time_charges') }}
),

commitments as (
    select * from {{ ref('stg_commitments') }}
),

allowances as (
    select * from {{ ref('stg_allowances') }}
),

{# Without where the row came from, which says nothing of its worth. #}
amendments as (
    select
        change_id,
        subscription_id,
        effective_on,
        change,
        quantity,
        plan_id
    from changes
),

rows_of_subscriptions as (
    select
        subscription_id,
        plan_id,
        {{ row_digest('subscriptions') }} as row_digest
    from subscriptions

    union all

    select
        subscription_id,
        plan_id,
        {{ row_digest('amendments') }} as row_digest
    from amendments

    union all

    select
        subscription_id,
        cast(null as varchar) as plan_id,
        {{ row_digest('prices') }} as row_digest
    from prices
    where subscription_id != ''
),

rows_of_accounts as (
    select
        accounts.account_id,
        {{ row_digest('accounts') }} + {{ row_digest('entities') }}
            as row_digest
    from accounts
    left join entities on accounts.entity_id = entities.entity_id

    union all

    select
        subscriptions.account_id,
        rows_of_subscriptions.row_digest
        + coalesce(plan_inputs.plan_digest, 0) as row_digest
    from rows_of_subscriptions
    inner join subscriptions
        on
            rows_of_subscriptions.subscription_id
            = subscriptions.subscription_id
    left join plan_inputs on rows_of_subscriptions.plan_id = plan_inputs.plan_id

    union all

    select
        one_time_charges.account_id,
        {{ row_digest('one_time_charges') }}
        + coalesce(plan_inputs.plan_digest, 0) as row_digest
    from one_time_charges
    left join charges on one_time_charges.charge_id = charges.charge_id
    left join plan_inputs on charges.plan_id = plan_inputs.plan_id

    union all

    select
        coalesce(subscriptions.account_id, commitments.account_id)
            as account_id,
        {{ row_digest('commitments') }} as row_digest
    from commitments
    left join subscriptions
        on commitments.subscription_id = subscriptions.subscription_id

    union all

    select
        coalesce(allowances.account_id, subscriptions.account_id)
            as account_id,
        {{ row_digest('allowances') }} as row_digest
    from allowances
    left join subscriptions
        on allowances.subscription_id = subscriptions.subscription_id
),

{#
    All that decides what a family's items are worth, but for its usage: what
    it says of its subscriptions, what it is sold and by whom, and the models
    themselves.
#}
inputs as (
    select
        payers.payer_account_id,
        {{ stable_key([
            'bill_run_requests.project_digest',
            'sum(rows_of_accounts.row_digest)',
        ]) }} as inputs_hash
    from payers
    inner join rows_of_accounts
        on payers.account_id = rows_of_accounts.account_id
    cross join bill_run_requests
    group by payers.payer_account_id, bill_run_requests.project_digest
)

select * from inputs
