{#
    The rows of a group as a JSON array of objects, in the given order.
    Decimals are written as text, so that no reader makes binary floats of
    them.
#}
{% macro json_rows(columns, order_by) -%}
    cast(to_json(list(struct_pack(
        {%- for column in columns %}
        {{ column }} := cast({{ column }} as varchar)
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    ) order by {{ order_by }})) as varchar)
{%- endmacro %}
