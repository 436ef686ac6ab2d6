{# A row of a relation as a JSON object, by column name. #}
{% macro json_row(relation) -%}
    cast(to_json({{ relation }}) as varchar)
{%- endmacro %}
