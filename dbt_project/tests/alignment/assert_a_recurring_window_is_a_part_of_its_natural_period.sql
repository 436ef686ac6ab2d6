{#
    Guards the fraction of int_recurring_windows, one row per subscription,
    charge and start: the days of the window, over a natural period at least
    as long. A fraction above 1 charges more than the whole price.
#}

with

windows as (
    select * from {{ ref('int_recurring_windows') }}
)

select
    subscription_id,
    charge_id,
    service_start,
    service_end,
    proration_numerator,
    proration_denominator
from windows
where
    proration_numerator != service_end - service_start
    or proration_numerator < 1
    or proration_numerator > proration_denominator
