{#
    The quarter of an hour in which an instant lies, counted from the year 1.
    Time zones differ by whole quarters, so all its instants have one local
    date, whichever the zone; and comparing whole numbers is quick.
#}
{% macro quarter_hour(instant) -%}
    ((epoch_us({{ instant }}) + 62135596800000000) // 900000000)
{%- endmacro %}


{# The instant at which a quarter of an hour begins. #}
{% macro quarter_hour_start(quarter_hour) -%}
    make_timestamptz({{ quarter_hour }} * 900000000 - 62135596800000000)
{%- endmacro %}


{# The day (UTC) in which an instant lies, counted from the year 1. #}
{% macro utc_day(instant) -%}
    ((epoch_us({{ instant }}) + 62135596800000000) // 86400000000)
{%- endmacro %}
