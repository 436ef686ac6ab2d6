{# Grain: one row per item_id. #}

with

out_of_reach as (
    select * from {{ ref('int_items_out_of_reach') }}
)

select
    account_id,
    payer_account_id,
    entity_id,
    item_id,
    subscription_id,
    charge_id,
    group_value,
    service_start,
    service_end,
    corrected_from,
    currency,
    previous_worth,
    present_worth,
    difference
from out_of_reach
