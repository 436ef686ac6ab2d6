{# Grain: one row per entity_id. #}

with

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

bill_run_requests as (
    select * from {{ ref('stg_bill_run_requests') }}
),

issued_documents as (
    select * from {{ source('issued', 'documents') }}
),

last_issues as (
    select
        entity_id,
        max(issue_date) as issue_date
    from issued_documents
    group by entity_id
),

{# Numbers are chronological, even when a seller shortens its grace days. #}
dated as (
    select
        entities.entity_id,
        greatest(
            bill_run_requests.bill_date + entities.grace_days,
            coalesce(last_issues.issue_date, bill_run_requests.bill_date)
        ) as issue_date
    from entities
    cross join bill_run_requests
    left join last_issues on entities.entity_id = last_issues.entity_id
)

select * from dated
