{# Grain: one row per account_id, bill_date. #}

with

errors as (
    select * from {{ ref('int_account_errors') }}
),

held as (
    select
        account_id,
        payer_account_id,
        entity_id,
        bill_date,
        string_agg(reason, '; ' order by reason) as reason
    from errors
    group by account_id, payer_account_id, entity_id, bill_date
)

select
    account_id,
    payer_account_id,
    entity_id,
    bill_date,
    reason
from held
