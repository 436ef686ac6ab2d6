{#
    Guards the fraction of int_recurring_windows, one row per subscription,
    charge and start: from nothing to the whole, and the whole where all days
    of the natural period are in it; under actual, the days of both. A
    fraction above 1 charges more than the whole price.
#}

with

windows as (
    select * from {{ ref('int_recurring_windows') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

ruled as (
    select
        windows.*,
        coalesce(charges.proration, entities.proration) as proration,
        windows.service_end - windows.service_start as service_days,
        windows.period_end - windows.period_start as period_days
    from windows
    inner join charges on windows.charge_id = charges.charge_id
    inner join entities on windows.entity_id = entities.entity_id
)

select
    subscription_id,
    charge_id,
    proration,
    service_start,
    service_end,
    proration_numerator,
    proration_denominator
from ruled
where
    proration_numerator < 0
    or proration_denominator < 1
    or proration_numerator > proration_denominator
    or (
        proration = 'actual'
        and (
            proration_numerator != service_days
            or proration_denominator != period_days
        )
    )
    or (
        service_days = period_days
        and proration_numerator != proration_denominator
    )
