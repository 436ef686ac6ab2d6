{# Grain: one row: the bill date that is being closed. #}

with

requests as (
    select * from {{ source('raw', 'bill_run_request') }}
),

{# Before the first close nothing is due yet. #}
latest_request as (
    select
        coalesce(max(bill_date), date '1900-01-01') as bill_date,
        coalesce(max(project_digest), '') as project_digest
    from requests
)

select * from latest_request
