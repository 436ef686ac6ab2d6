{#
    A level times how long it was held: a whole number of 10^-12 units times
    parts of a day (see day_position). The sum over a window, by
    parts_per_day() and the days of its period, is the average level.

    Worked: 100 units held for 15 of 30 days are 50.
#}
{% macro level_over_time(
    level, from_date, from_position, to_date, to_position, period_days
) -%}
    case
        when {{ is_level_beyond(level, period_days) }} then 0
        else
            coalesce({{ unscaled_integer(level) }}, 0)
            * (
                ({{ to_date }} - {{ from_date }}) * {{ parts_per_day() }}
                + {{ to_position }} - {{ from_position }}
            )
    end
{%- endmacro %}


{# Whether a level is beyond what can be held exactly for the whole period. #}
{% macro is_level_beyond(level, period_days) -%}
    coalesce(abs({{ level }}) >= 3000000000000 // {{ period_days }}, false)
{%- endmacro %}
