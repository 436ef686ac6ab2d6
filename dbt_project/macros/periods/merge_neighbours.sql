{#
    Merges rows of one owner that touch and carry the same values into one row:
    `[1, 5)` and `[5, 9)` with equal `values` become `[1, 9)`. The relation
    holds half-open ranges that do not overlap; a null end is open.
#}
{% macro merge_neighbours(relation, owner, values, start, end) -%}
    select
        {{ owner }},
        {%- for value in values %}
        {{ value }},
        {%- endfor %}
        min({{ start }}) as {{ start }},
        nullif(
            max(coalesce({{ end }}, date '9999-12-31')), date '9999-12-31'
        ) as {{ end }}
    from (
        select
            *,
            sum(is_new) over (
                partition by {{ owner }} order by {{ start }}
            ) as island
        from (
            select
                *,
                case
                    when
                        lag({{ end }}) over stretch = {{ start }}
                        {%- for value in values %}
                        and lag({{ value }}) over stretch
                        is not distinct from {{ value }}
                        {%- endfor %}
                        then 0
                    else 1
                end as is_new
            from {{ relation }}
            window stretch as (partition by {{ owner }} order by {{ start }})
        )
    )
    group by {{ owner }}, {{ values | join(', ') }}, island
{%- endmacro %}
