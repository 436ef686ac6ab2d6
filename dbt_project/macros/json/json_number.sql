{#
    A property of a JSON object as an exact number; null when it is missing,
    is not a number, or has more than 12 decimals.
#}
{% macro json_number(object, name) -%}
    case
        when
            not regexp_matches(
                {{ json_property(object, name) }}, '[.][0-9]{12}[0-9]*[1-9]'
            )
            then try_cast(
                {{ json_property(object, name) }} as decimal(38, 12)
            )
    end
{%- endmacro %}
