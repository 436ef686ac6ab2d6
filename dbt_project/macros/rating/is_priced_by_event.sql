{# Whether a row of a price table prices each event by itself. #}
{% macro is_priced_by_event() -%}
    (
        fixed_per_event is not null
        or minimum_per_event is not null
        or maximum_per_event is not null
        or free_events is not null
    )
{%- endmacro %}
