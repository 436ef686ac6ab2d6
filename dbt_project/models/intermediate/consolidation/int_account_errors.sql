{# Grain: one row per account_id, reason. #}

with

payers_in_run as (
    select * from {{ ref('int_payers_in_run') }}
),

payers as (
    select * from {{ ref('int_account_payers') }}
),

changed_sellers as (
    select * from {{ ref('int_seller_changes') }}
),

accounts as (
    select * from {{ ref('stg_accounts') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

due_items as (
    select * from {{ ref('int_items_due') }}
),

taxed_items as (
    select * from {{ ref('int_items_taxed') }}
),

segments as (
    select * from {{ ref('int_subscription_segments') }}
),

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

plans as (
    select * from {{ ref('stg_plans') }}
),

anomalies as (
    select * from {{ ref('int_anomalies') }}
),

gaps as (
    select * from {{ ref('int_document_gaps') }}
),

{# What an item lacks holds who pays for it, today or then. #}
unpriced as (
    select
        payer_account_id,
        account_id,
        rating_error as reason
    from due_items
    where rating_error is not null
),

untaxed as (
    select
        payer_account_id,
        account_id,
        tax_error as reason
    from taxed_items
    where tax_error is not null
),

unknown_plans as (
    select
        subscriptions.account_id,
        'plan ' || segments.plan_id || ' of subscription '
        || segments.subscription_id || ' is unknown' as reason
    from segments
    inner join subscriptions
        on segments.subscription_id = subscriptions.subscription_id
    left join plans on segments.plan_id = plans.plan_id
    where
        plans.plan_id is null
        and segments.segment_start <= subscriptions.bill_date
),

unknown_payers as (
    select
        payers.account_id,
        payers.payer_error as reason
    from payers
    inner join due_items on payers.account_id = due_items.account_id
    where payers.payer_error is not null
),

{# One series of numbers for two kinds of documents would have holes. #}
mixed_series as (
    select
        due_items.account_id,
        'invoices and credit notes of ' || entities.entity_id
        || ' have the same prefix' as reason
    from due_items
    inner join entities on due_items.entity_id = entities.entity_id
    where entities.invoice_prefix = entities.credit_note_prefix
),

of_accounts as (
    select * from unknown_plans
    union all
    select * from unknown_payers
    union all
    select * from mixed_series
    union all
    select * from changed_sellers
),

found as (
    select * from unpriced
    union all
    select * from untaxed
    union all
    select
        payer_account_id,
        account_id,
        reason || ' (mend the usage, or accept ' || anomaly_id
        || ' in anomaly_reviews)' as reason
    from anomalies
    where is_held
    union all
    select
        payer_account_id,
        payer_account_id as account_id,
        reason
    from gaps
    where is_held
    union all
    select
        payers.payer_account_id,
        of_accounts.account_id,
        of_accounts.reason
    from of_accounts
    inner join payers on of_accounts.account_id = payers.account_id
),

{# An account is looked at when its payer is in the run. #}
errors as (
    select
        payers_in_run.payer_account_id,
        payers_in_run.bill_date,
        found.account_id,
        accounts.entity_id,
        found.reason
    from found
    inner join accounts on found.account_id = accounts.account_id
    inner join payers_in_run
        on found.payer_account_id = payers_in_run.payer_account_id
    group by
        payers_in_run.payer_account_id,
        payers_in_run.bill_date,
        found.account_id,
        accounts.entity_id,
        found.reason
)

select * from errors
