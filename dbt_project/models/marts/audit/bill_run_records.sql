{# Grain: one row per record_id. #}
{{ config(materialized='view') }}

with

records as (
    select * from {{ source('records', 'run_records') }}
)

select
    record_id,
    run_id,
    bill_date,
    outcome,
    bill_run_id,
    failed_step,
    os_user,
    host,
    started_at,
    finished_at,
    package_version,
    code_commit,
    code_digest,
    landing_id,
    landed_files,
    document_count,
    line_count,
    closed_count,
    held_count,
    total_by_currency,
    chain_heads
from records
