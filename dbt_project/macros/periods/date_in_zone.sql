{# The local date of an instant in a time zone (IANA name). #}
{% macro date_in_zone(instant, timezone) -%}
    cast(timezone({{ timezone }}, {{ instant }}) as date)
{%- endmacro %}
