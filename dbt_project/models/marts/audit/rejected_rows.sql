{# Grain: one row per table_name, source_file, source_row, reason. #}

with

landing_rejections as (
    select * from {{ ref('stg_rejected_rows') }}
),

refused_usage as (
    select * from {{ ref('int_usage_refused') }}
),

refused_changes as (
    select * from {{ ref('int_changes_refused') }}
),

rejected as (
    select
        table_name,
        source_file,
        source_row,
        reason,
        row_content,
        landed_at
    from landing_rejections

    union all

    select
        'usage_events' as table_name,
        source_file,
        source_row,
        reason,
        row_content,
        landed_at
    from refused_usage

    union all

    select
        'subscription_changes' as table_name,
        source_file,
        source_row,
        reason,
        row_content,
        landed_at
    from refused_changes
)

select
    table_name,
    source_file,
    source_row,
    reason,
    row_content,
    landed_at
from rejected
