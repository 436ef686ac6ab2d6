{#
    Guards closed_cycles_to_issue, one row per payer that a run closes: none
    has an anomaly, or a gap in its documents' data, that its seller holds
    bills for until a person has looked. Without it, usage a thousand times
    too high is an invoice before anyone was asked.
#}

with

closed as (
    select * from {{ ref('closed_cycles_to_issue') }}
),

documents as (
    select * from {{ ref('documents_to_issue') }}
),

anomalies as (
    select * from {{ ref('int_anomalies') }}
),

gaps as (
    select * from {{ ref('int_document_gaps') }}
),

issued_to as (
    select account_id from closed
    union
    select account_id from documents
),

on_hold as (
    select
        payer_account_id,
        reason
    from anomalies
    where is_held

    union all

    select
        payer_account_id,
        reason
    from gaps
    where is_held
)

select
    on_hold.payer_account_id,
    on_hold.reason
from on_hold
inner join issued_to on on_hold.payer_account_id = issued_to.account_id
