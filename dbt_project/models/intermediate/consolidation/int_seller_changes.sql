{# Grain: one row per account_id, reason. #}

with

accounts as (
    select * from {{ ref('stg_accounts') }}
),

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

account_eras as (
    select * from {{ ref('int_account_eras') }}
),

subscription_eras as (
    select * from {{ ref('int_subscription_eras') }}
),

{#
    Another seller is another contract, with its own numbers and taxes: what
    was sold by one is never corrected by another.
#}
changes as (
    select
        account_eras.account_id,
        'account ' || account_eras.account_id || ' is billed by '
        || account_eras.entity_id || ' and cannot change its seller' as reason
    from account_eras
    inner join accounts
        on
            account_eras.account_id = accounts.account_id
            and account_eras.entity_id != accounts.entity_id

    union all

    select
        subscriptions.account_id,
        'subscription ' || subscription_eras.subscription_id
        || ' is billed by ' || subscription_eras.entity_id
        || ' and cannot change its seller' as reason
    from subscription_eras
    inner join subscriptions
        on
            subscription_eras.subscription_id
            = subscriptions.subscription_id
            and subscription_eras.account_id != subscriptions.account_id
            and subscription_eras.entity_id != subscriptions.entity_id
)

select * from changes
