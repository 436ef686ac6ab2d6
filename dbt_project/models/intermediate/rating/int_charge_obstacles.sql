{# Grain: one row per charge_id that cannot be billed. #}

with

charges as (
    select * from {{ ref('stg_charges') }}
),

meters as (
    select * from {{ ref('stg_meters') }}
),

{#
    What the charge asks for and these models do not do. Its customers are
    held with the reason, rather than billed by another rule.
#}
obstacles as (
    select
        charges.charge_id,
        case
            when
                charges.model not in (
                    'flat', 'per_unit', 'graduated', 'volume'
                )
                then 'model ' || charges.model || ' is not billed yet'
            when charges.kind = 'usage' and charges.meter_id is null
                then 'it has no meter'
            when charges.kind = 'usage' and meters.meter_id is null
                then 'meter ' || charges.meter_id || ' is unknown'
            when meters.aggregation not in ('sum', 'count')
                then
                    'aggregation ' || meters.aggregation
                    || ' is not billed yet'
            when meters.carries_over or meters.event_carries != 'level'
                then 'a meter that carries levels is not billed yet'
            when meters.divisor != 1 or meters.rounding != 'none'
                then 'a meter with divisor or rounding is not billed yet'
            when
                charges.minimum_amount is not null
                or charges.maximum_amount is not null
                then 'minimum and maximum amounts are not billed yet'
            when charges.group_by is not null
                then 'group_by is not billed yet'
            when charges.pooled then 'pooled tiers are not billed yet'
            when charges.rating_period is not null
                then 'a rating period is not billed yet'
        end as obstacle
    from charges
    left join meters on charges.meter_id = meters.meter_id
),

named as (
    select
        charge_id,
        'charge ' || charge_id || ': ' || obstacle as obstacle
    from obstacles
    where obstacle is not null
)

select * from named
