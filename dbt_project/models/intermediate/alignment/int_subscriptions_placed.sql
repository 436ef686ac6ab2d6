{# Grain: one row per subscription_id whose account and seller are known. #}

with

subscriptions as (
    select * from {{ ref('stg_subscriptions') }}
),

accounts as (
    select * from {{ ref('stg_accounts') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

payers as (
    select * from {{ ref('int_account_payers') }}
),

calendars as (
    select * from {{ ref('int_payer_calendars') }}
),

settled as (
    select * from {{ ref('int_payers_settled') }}
),

changes as (
    select * from {{ ref('stg_subscription_changes') }}
),

cancellations as (
    select
        subscription_id,
        min(effective_on) as cancelled_on
    from changes
    where change = 'cancel'
    group by subscription_id
),

{#
    The earliest of ends_on and a cancel ends a subscription for good; one
    that ends on the day it starts, or before, never was.
#}
placed as (
    select
        subscriptions.subscription_id,
        subscriptions.account_id,
        subscriptions.plan_id,
        subscriptions.quantity,
        subscriptions.starts_on,
        subscriptions.trial_ends_on,
        accounts.entity_id,
        entities.timezone,
        entities.billing_starts_on,
        entities.proration as entity_proration,
        calendars.payer_account_id,
        calendars.requested_on,
        calendars.bill_date,
        calendars.next_bill_date,
        settled.settled_on,
        case
            when
                subscriptions.ends_on is not null
                or cancellations.cancelled_on is not null
                then greatest(
                    least(subscriptions.ends_on, cancellations.cancelled_on),
                    subscriptions.starts_on
                )
        end as ended_on
    from subscriptions
    inner join accounts on subscriptions.account_id = accounts.account_id
    inner join entities on accounts.entity_id = entities.entity_id
    inner join payers on subscriptions.account_id = payers.account_id
    inner join calendars
        on payers.payer_account_id = calendars.payer_account_id
    inner join settled on payers.payer_account_id = settled.payer_account_id
    left join cancellations
        on subscriptions.subscription_id = cancellations.subscription_id
)

select * from placed
