{# Grain: one row per landed row that the landing refused. #}

with

rejected as (
    select * from {{ source('raw', 'rejected_rows') }}
),

renamed as (
    select
        landing_id,
        table_name,
        source_file,
        source_row,
        reason,
        row_content,
        landed_at
    from rejected
)

select * from renamed
