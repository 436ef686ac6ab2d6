{#
    The local date of a landed instant in a time zone (IANA name). A bare date
    is local already: it landed as midnight UTC.
#}
{% macro local_date(instant, is_local_date, timezone) -%}
    case
        when {{ is_local_date }}
            then {{ date_in_zone(instant, "'UTC'") }}
        else {{ date_in_zone(instant, timezone) }}
    end
{%- endmacro %}
