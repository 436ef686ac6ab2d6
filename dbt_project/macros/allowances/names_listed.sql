{# One row per name in a text that separates them by commas. #}
{% macro names_listed(names) -%}
    trim(unnest(string_split({{ names }}, ',')))
{%- endmacro %}
