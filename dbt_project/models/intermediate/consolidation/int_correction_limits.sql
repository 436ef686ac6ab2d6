{# Grain: one row per entity_id, payer_account_id of sellers with a horizon. #}

with

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

calendars as (
    select * from {{ ref('int_payer_calendars') }}
),

{# A seller without a horizon corrects whatever lies behind. #}
limits as (
    select
        entities.entity_id,
        entities.negative_invoice,
        calendars.payer_account_id,
        cast(
            calendars.bill_date
            - to_months(entities.correction_months)
            - to_days(entities.correction_days)
            as date
        ) as corrected_from
    from entities
    cross join calendars
    where entities.correction_horizon is not null
)

select * from limits
