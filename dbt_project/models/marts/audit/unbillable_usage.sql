{# Grain: one row per subscription_id, meter_id, usage_date, reason. #}

with

unbillable as (
    select * from {{ ref('int_usage_unbillable') }}
)

select
    subscription_id,
    meter_id,
    usage_date,
    quantity,
    event_count,
    reason
from unbillable
