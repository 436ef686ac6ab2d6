{# Grain: one row per day_key, timezone. #}

with

sums as (
    select * from {{ ref('int_usage_sums') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

day_keys as (
    select day_key
    from sums
    group by day_key
),

zones as (
    select timezone
    from entities
    group by timezone
),

{# A key below 0 is a bare date, which is that date in every zone. #}
dates as (
    select
        day_keys.day_key,
        zones.timezone,
        case
            when day_keys.day_key < 0
                then {{ date_in_zone(
                    quarter_hour_start('-day_keys.day_key'), "'UTC'"
                ) }}
            else {{ date_in_zone(
                quarter_hour_start('day_keys.day_key'), 'zones.timezone'
            ) }}
        end as usage_date
    from day_keys
    cross join zones
)

select * from dates
