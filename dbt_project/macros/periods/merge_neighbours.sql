{#
    Merges rows of one owner that touch and carry the same values into one row:
    `[1, 5)` and `[5, 9)` with equal `values` become `[1, 9)`. The relation
    holds half-open ranges that do not overlap, whose values are never null; a
    null end is open.
#}
{% macro merge_neighbours(relation, owner, values, start, end) -%}
    {%- set stretch -%}
        over (partition by {{ owner }} order by {{ start }})
    {%- endset -%}
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
            sum(is_new) {{ stretch }} as island
        from (
            select
                *,
                case
                    when
                        lag({{ end }}) {{ stretch }} = {{ start }}
                        {%- for value in values %}
                        and lag({{ value }}) {{ stretch }} = {{ value }}
                        {%- endfor %}
                        then 0
                    else 1
                end as is_new
            from {{ relation }}
        )
    )
    group by {{ owner }}, {{ values | join(', ') }}, island
{%- endmacro %}
