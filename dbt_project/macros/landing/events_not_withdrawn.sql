{#
    The rows of an append-only table that still hold: a row with the same key
    and withdrawn = true takes the event back, whichever of the two landed
    first.
#}
{% macro events_not_withdrawn(relation, key) -%}
    select event.*
    from {{ relation }} as event
    where
        not coalesce(event.withdrawn, false)
        and not exists (
            select 1
            from {{ relation }} as withdrawal
            where
                withdrawal.{{ key }} = event.{{ key }}
                and withdrawal.withdrawn
        )
{%- endmacro %}
