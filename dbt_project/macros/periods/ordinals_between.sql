{# One row for each whole number from `first` to `last`, both included. #}
{% macro ordinals_between(first, last) -%}
    unnest(range(cast({{ first }} as bigint), cast({{ last }} as bigint) + 1))
{%- endmacro %}
