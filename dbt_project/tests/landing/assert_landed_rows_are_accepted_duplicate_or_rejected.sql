{#
    Guards raw.landed_files, one row per file (law 2): every row read is
    accepted, a duplicate or rejected, and each rejected one is kept with its
    reason. A difference is a row that was lost while landing.
#}

with

landed_files as (
    select * from {{ source('raw', 'landed_files') }}
),

rejected_rows as (
    select * from {{ ref('stg_rejected_rows') }}
),

rejections as (
    select
        landing_id,
        count(*) as kept_count
    from rejected_rows
    group by landing_id
)

select
    landed_files.landing_id,
    landed_files.path,
    landed_files.row_count,
    landed_files.accepted_count,
    landed_files.duplicate_count,
    landed_files.rejected_count,
    rejections.kept_count
from landed_files
left join rejections on landed_files.landing_id = rejections.landing_id
where
    landed_files.status = 'landed'
    and (
        landed_files.row_count
        != landed_files.accepted_count
        + landed_files.duplicate_count
        + landed_files.rejected_count
        or landed_files.rejected_count
        != coalesce(rejections.kept_count, 0)
    )
