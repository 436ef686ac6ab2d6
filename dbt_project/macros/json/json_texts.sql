{# Columns of a row as a JSON object of texts, by column name. #}
{% macro json_texts(columns) -%}
    cast(to_json(struct_pack(
        {%- for column in columns %}
        {{ column }} := cast({{ column }} as varchar)
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    )) as varchar)
{%- endmacro %}
