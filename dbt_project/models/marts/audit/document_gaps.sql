{# Grain: one row per payer_account_id, entity_id, table_name, column_name. #}

with

gaps as (
    select * from {{ ref('int_document_gaps') }}
)

select
    payer_account_id,
    entity_id,
    bill_date,
    table_name,
    row_key,
    column_name,
    missing_data_policy,
    is_held,
    reason
from gaps
