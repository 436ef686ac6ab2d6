{#
    How many days of its natural period the subscription of a window is active
    on, in whatever plan: what `none` and `free` look at. Windows of the other
    rules, and those of a period without an active day, have no row.

    Worked: active on [10 January, 20 January) in one plan and from 20 January
    in another: each charge's window of January has 22 covered days.
#}
{% macro covered_days(windows, stretches) -%}
    select
        windows.subscription_id,
        windows.charge_id,
        windows.service_start,
        cast(
            sum(
                least(windows.period_end, stretches.stretch_end)
                - greatest(windows.period_start, stretches.stretch_start)
            ) as bigint
        ) as covered_days
    from {{ windows }} as windows
    inner join {{ stretches }} as stretches
        on
            windows.subscription_id = stretches.subscription_id
            and windows.period_end > stretches.stretch_start
            and windows.period_start
            < coalesce(stretches.stretch_end, date '9999-12-31')
    where
        windows.proration in ('none', 'free')
        and stretches.state = 'active'
    group by
        windows.subscription_id,
        windows.charge_id,
        windows.service_start
{%- endmacro %}
