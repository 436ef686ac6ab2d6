{# Grain: one row per anomaly_id. #}

with

landed as (
    select * from {{ source('raw', 'anomaly_reviews') }}
),

current_versions as (
    {{ latest_version('landed', ['anomaly_id']) }}
),

renamed as (
    select
        anomaly_id,
        reviewed_by,
        note,
        coalesce(is_accepted, true) as is_accepted
    from current_versions
)

select * from renamed
