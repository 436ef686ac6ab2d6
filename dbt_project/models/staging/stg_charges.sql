{# Grain: one row per charge_id. #}

with

landed as (
    select * from {{ source('raw', 'charges') }}
),

current_versions as (
    {{ latest_version('landed', ['charge_id']) }}
),

renamed as (
    select
        charge_id,
        plan_id,
        name,
        kind,
        model,
        meter_id,
        service,
        rating_period,
        proration,
        minimum_amount,
        maximum_amount,
        filters,
        group_by,
        accounting_code,
        coalesce(timing, 'advance') as timing,
        coalesce(alignment, 'account') as alignment,
        coalesce(included_units, 0) as included_units,
        coalesce(pooled, false) as pooled,
        coalesce(tax_code, 'standard') as tax_code,
        {{ period_months("coalesce(period, 'month')") }} as period_months,
        {{ period_days("coalesce(period, 'month')") }} as period_days,
        {{ period_months('rating_period') }} as rating_months,
        {{ period_days('rating_period') }} as rating_days
    from current_versions
)

select * from renamed
