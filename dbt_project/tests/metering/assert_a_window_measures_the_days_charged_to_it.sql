{#
    Guards int_usage_quantities, one row per subscription, charge and window:
    its events are those of its days. An event that two windows count, or
    none, would be billed twice or never.
#}

with

quantities as (
    select * from {{ ref('int_usage_quantities') }}
),

charged as (
    select * from {{ ref('int_usage_charged') }}
),

measured as (
    select
        subscription_id,
        charge_id,
        sum(event_count) as event_count
    from quantities
    group by subscription_id, charge_id
),

of_days as (
    select
        subscription_id,
        charge_id,
        sum(event_count) as event_count
    from charged
    where not is_before_billing_starts
    group by subscription_id, charge_id
)

select
    of_days.subscription_id,
    of_days.charge_id,
    of_days.event_count as charged_count,
    measured.event_count as measured_count
from of_days
full outer join measured
    on
        of_days.subscription_id = measured.subscription_id
        and of_days.charge_id = measured.charge_id
where
    coalesce(of_days.event_count, 0) != coalesce(measured.event_count, 0)
