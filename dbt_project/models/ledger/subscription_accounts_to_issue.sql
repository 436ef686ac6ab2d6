{# Grain: one row per subscription_id whose account is not on record. #}

with

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

issued_accounts as (
    select * from {{ source('issued', 'subscription_accounts') }}
),

last_position as (
    select coalesce(max(ledger_position), 0) as ledger_position
    from issued_accounts
),

on_record as (
    select
        subscription_id,
        max_by(account_id, ledger_position) as account_id
    from issued_accounts
    group by subscription_id
),

{# As this bill run finds it, whether or not it closes the account. #}
to_issue as (
    select
        subscriptions.subscription_id,
        subscriptions.account_id,
        last_position.ledger_position + row_number() over (
            order by subscriptions.subscription_id
        ) as ledger_position
    from subscriptions
    cross join last_position
    left join on_record
        on subscriptions.subscription_id = on_record.subscription_id
    where
        on_record.account_id is null
        or subscriptions.account_id != on_record.account_id
)

select * from to_issue
