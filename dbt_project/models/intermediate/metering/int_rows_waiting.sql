{# Grain: one row per table_name, row_key whose parent has not landed. #}

with

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

accounts as (
    select * from {{ ref('stg_accounts') }}
),

catalogue_rows as (
    select * from {{ ref('int_catalogue_rows_waiting') }}
),

subscriptions as (
    select * from {{ ref('stg_subscriptions') }}
),

subscriptions_placed as (
    select * from {{ ref('int_subscriptions_placed') }}
),

changes as (
    select * from {{ ref('stg_subscription_changes') }}
),

events_waiting as (
    select * from {{ ref('int_usage_events_waiting') }}
),

one_time_charges as (
    select * from {{ ref('stg_one_time_charges') }}
),

prepaid_credits as (
    select * from {{ ref('stg_prepaid_credits') }}
),

payments as (
    select * from {{ ref('stg_payments') }}
),

allowances as (
    select * from {{ ref('stg_allowances') }}
),

account_children as (
    select
        'one_time_charges' as table_name,
        item_id as row_key,
        account_id
    from one_time_charges

    union all

    select
        'prepaid_credits' as table_name,
        credit_id as row_key,
        account_id
    from prepaid_credits

    union all

    select
        'payments' as table_name,
        payment_id as row_key,
        account_id
    from payments

    union all

    select
        'allowances' as table_name,
        allowance_id as row_key,
        account_id
    from allowances
    where account_id is not null

    union all

    select
        'subscriptions' as table_name,
        subscription_id as row_key,
        account_id
    from subscriptions
),

waiting_for_account as (
    select
        account_children.table_name,
        account_children.row_key,
        'account ' || account_children.account_id as waits_for
    from account_children
    left join accounts on account_children.account_id = accounts.account_id
    where accounts.account_id is null
),

entity_children as (
    select
        'accounts' as table_name,
        account_id as row_key,
        entity_id
    from accounts

    union all

    select
        account_children.table_name,
        account_children.row_key,
        accounts.entity_id
    from account_children
    inner join accounts on account_children.account_id = accounts.account_id
),

{# What hangs on an account waits for its seller, too. #}
waiting_for_entity as (
    select
        entity_children.table_name,
        entity_children.row_key,
        'billing entity ' || entity_children.entity_id as waits_for
    from entity_children
    left join entities on entity_children.entity_id = entities.entity_id
    where entities.entity_id is null
),

subscription_children as (
    select
        'subscription_changes' as table_name,
        change_id as row_key,
        subscription_id
    from changes

    union all

    select
        'one_time_charges' as table_name,
        item_id as row_key,
        subscription_id
    from one_time_charges
    where subscription_id is not null

    union all

    select
        'allowances' as table_name,
        allowance_id as row_key,
        subscription_id
    from allowances
    where subscription_id is not null
),

{# A subscription that waits itself keeps what hangs on it waiting. #}
waiting_for_subscription as (
    select
        subscription_children.table_name,
        subscription_children.row_key,
        'subscription ' || subscription_children.subscription_id as waits_for
    from subscription_children
    left join subscriptions_placed
        on
            subscription_children.subscription_id
            = subscriptions_placed.subscription_id
    where subscriptions_placed.subscription_id is null
),

waits as (
    select * from waiting_for_account
    union all
    select * from waiting_for_entity
    union all
    select
        table_name,
        row_key,
        waits_for
    from catalogue_rows
    union all
    select * from waiting_for_subscription
    union all
    select
        table_name,
        row_key,
        waits_for
    from events_waiting
),

{# A charge may wait for its account and for its subscription. #}
waiting as (
    select
        table_name,
        row_key,
        string_agg(waits_for, '; ' order by waits_for) as waits_for
    from waits
    group by table_name, row_key
)

select * from waiting
