{# Grain: one row per charge_id that cannot be billed. #}

with

charges as (
    select * from {{ ref('stg_charges') }}
),

meters as (
    select * from {{ ref('stg_meters') }}
),

{#
    What contradicts itself in the catalogue. Its customers are held with the
    reason, rather than billed by another rule.
#}
obstacles as (
    select
        charges.charge_id,
        case
            when charges.kind != 'usage' and charges.model = 'dynamic'
                then
                    'model dynamic takes its amount from events, and a '
                    || charges.kind || ' charge has none'
            when charges.kind = 'usage' and charges.meter_id is null
                then 'it has no meter'
            when charges.kind = 'usage' and meters.meter_id is null
                then 'meter ' || charges.meter_id || ' is unknown'
            when
                meters.aggregation = 'custom'
                and coalesce(meters.property, '') not in (
                    '{{ var("custom_meters") | join("', '") }}'
                )
                then
                    'custom meter ' || meters.meter_id || ' names the model '
                    || coalesce(meters.property, '') || ', which is not among '
                    || 'custom_meters in dbt_project.yml'
            when charges.pooled and charges.rating_period is not null
                then 'a pool has no rating period'
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
