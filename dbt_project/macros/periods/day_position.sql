{#
    How far into its local day an instant lies, in parts of which a day has
    parts_per_day(), whether it lasts 23, 24 or 25 hours: each local day
    weighs one. The number divides all three exactly, to the microsecond;
    days of other lengths (a shift of half an hour) are cut to a whole part,
    less than 10^-13 of a day.

    Worked: 12:00 on 31 March 2024 in Paris is 11 of 23 hours:
    11/23 of 49,680,000,000,000 is 23,760,000,000,000.
#}
{% macro day_position(instant, is_local_date, date, timezone) -%}
    {%- set midnight = midnight_in_zone(date, timezone) -%}
    {%- set next_midnight = midnight_in_zone(date ~ ' + 1', timezone) -%}
    case
        when {{ is_local_date }} then cast(0 as hugeint)
        else
            cast(epoch_us({{ instant }}) - epoch_us({{ midnight }}) as hugeint)
            * {{ parts_per_day() }}
            // (epoch_us({{ next_midnight }}) - epoch_us({{ midnight }}))
    end
{%- endmacro %}


{# The least common multiple of 23, 24 and 25 hours, in microseconds. #}
{% macro parts_per_day() -%}
    cast(49680000000000 as hugeint)
{%- endmacro %}


{# The instant at which a local day begins. #}
{% macro midnight_in_zone(date, timezone) -%}
    timezone({{ timezone }}, cast({{ date }} as timestamp))
{%- endmacro %}
