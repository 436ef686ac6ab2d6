{# Grain: one row per plan_id. #}

with

landed as (
    select * from {{ source('raw', 'plans') }}
),

current_versions as (
    {{ latest_version('landed', ['plan_id']) }}
),

renamed as (
    select
        plan_id,
        name,
        service,
        description
    from current_versions
)

select * from renamed
