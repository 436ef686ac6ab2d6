{# Grain: one row per item_id of usage that is looked at for anomalies. #}

with

due_items as (
    select * from {{ ref('int_items_due') }}
),

payers_in_run as (
    select * from {{ ref('int_payers_in_run') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

meters as (
    select * from {{ ref('stg_meters') }}
),

spans as (
    select * from {{ ref('int_usage_spans') }}
),

active as (
    select
        subscription_id,
        charge_id,
        service_start,
        cast(sum(span_end - span_start) as bigint) as active_days
    from spans
    group by subscription_id, charge_id, service_start
),

{#
    What this run bills for the first time, or anew: the rest was looked at
    when it was billed. A meter that adds up is read day by day, and grows
    with the days of its window; so does a level held over time. A window
    that is paused throughout has nothing to compare.
#}
checked as (
    select
        due_items.item_id,
        due_items.subscription_id,
        due_items.charge_id,
        due_items.group_value,
        charges.plan_id,
        charges.meter_id,
        due_items.account_id,
        due_items.entity_id,
        due_items.payer_account_id,
        payers_in_run.bill_date,
        due_items.service_start,
        due_items.service_end,
        due_items.quantity,
        active.active_days,
        meters.aggregation in ('sum', 'count') as is_added_up,
        meters.aggregation in ('sum', 'count', 'time_weighted')
            as grows_with_days
    from due_items
    inner join payers_in_run
        on due_items.payer_account_id = payers_in_run.payer_account_id
    inner join entities on due_items.entity_id = entities.entity_id
    inner join charges on due_items.charge_id = charges.charge_id
    inner join meters on charges.meter_id = meters.meter_id
    inner join active
        on
            due_items.subscription_id = active.subscription_id
            and due_items.charge_id = active.charge_id
            and due_items.service_start = active.service_start
    where
        due_items.item_kind = 'usage'
        and entities.anomaly_policy != 'off'
        and (
            due_items.bill_date
            > coalesce(payers_in_run.last_closed_on, date '0001-01-01')
            or due_items.net_amount
            is distinct from coalesce(due_items.billed_amount, 0)
        )
)

select * from checked
