{# Grain: one row per anomaly_id. #}

with

found as (
    select * from {{ ref('int_anomalies') }}
)

select
    anomaly_id,
    account_id,
    payer_account_id,
    entity_id,
    bill_date,
    kind,
    subscription_id,
    meter_id,
    charge_id,
    group_value,
    currency,
    anomaly_start,
    anomaly_end,
    observed,
    usual,
    spread,
    compared_count,
    anomaly_policy,
    is_accepted,
    is_held,
    reason
from found
