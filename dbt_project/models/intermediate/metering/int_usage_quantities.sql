{# Grain: one row per subscription, charge, service_start, group_value. #}

with

metered as (
    select * from {{ ref('int_usage_metered') }}
),

meters as (
    select * from {{ ref('stg_meters') }}
),

in_units as (
    select
        metered.*,
        meters.unit,
        meters.divisor,
        meters.rounding,
        meters.rounding_unit
    from metered
    left join meters on metered.meter_id = meters.meter_id
),

{#
    Divided to the billed unit first, rounded after. A negative quantity
    counts as nothing used.
#}
divided as (
    select
        *,
        {{ twice_divided(
            'quantity_numerator', 'quantity_denominator', 'divisor'
        ) }} as twice_quantity,
        {{ has_rest_divided(
            'quantity_numerator', 'quantity_denominator', 'divisor'
        ) }} as has_rest
    from in_units
),

quantities as (
    select
        subscription_id,
        charge_id,
        account_id,
        entity_id,
        payer_account_id,
        currency,
        plan_id,
        group_value,
        period_start,
        period_end,
        rating_fit,
        rating_start,
        rating_end,
        is_last_of_rating,
        service_start,
        service_end,
        due_on,
        bill_date,
        unit,
        active_days,
        is_out_of_range,
        coalesce({{ billed_quantity(
            'twice_quantity', 'has_rest', 'rounding', 'rounding_unit'
        ) }}, 0) as quantity,
        coalesce(amount, 0) as amount,
        event_count
    from divided
)

select * from quantities
