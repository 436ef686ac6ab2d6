{#
    Guards int_recurring_windows, one row per subscription, charge and start.
    Windows that overlap bill the same days of a charge twice, each under a
    key of its own, so that no later run would see it.
#}

with

windows as (
    select * from {{ ref('int_recurring_windows') }}
),

with_next as (
    select
        subscription_id,
        charge_id,
        service_start,
        service_end,
        lead(service_start) over (
            partition by subscription_id, charge_id
            order by service_start
        ) as next_start
    from windows
)

select * from with_next
where service_end <= service_start or next_start < service_end
