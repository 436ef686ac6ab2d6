{#
    The ordinal of the last boundary at or before a date, and of the first
    boundary at or after it, on the grid that `period_boundary` describes.

    The quotient of the distance by the length is at most one off in either
    direction (clamped months, truncation toward zero), so the boundaries
    around it are compared with the date.
#}
{% macro period_ordinal_on_or_before(date, anchor, months, days) -%}
    {%- set near = period_ordinal_near(date, anchor, months, days) -%}
    case
        {%- for step in [1, 0, -1] %}
        when
            {{ period_boundary(anchor, months, days, near ~ ' + ' ~ step) }}
            <= {{ date }}
            then {{ near }} + {{ step }}
        {%- endfor %}
        else {{ near }} - 2
    end
{%- endmacro %}


{% macro period_ordinal_on_or_after(date, anchor, months, days) -%}
    {%- set near = period_ordinal_near(date, anchor, months, days) -%}
    case
        {%- for step in [-1, 0, 1] %}
        when
            {{ period_boundary(anchor, months, days, near ~ ' + ' ~ step) }}
            >= {{ date }}
            then {{ near }} + {{ step }}
        {%- endfor %}
        else {{ near }} + 2
    end
{%- endmacro %}


{% macro period_ordinal_near(date, anchor, months, days) -%}
    case
        when {{ months }} > 0
            then
                (
                    (extract(year from {{ date }})
                    - extract(year from {{ anchor }})) * 12
                    + extract(month from {{ date }})
                    - extract(month from {{ anchor }})
                ) // {{ months }}
        else ({{ date }} - {{ anchor }}) // {{ days }}
    end
{%- endmacro %}


{# The first bill date at or after a date. #}
{% macro bill_date_on_or_after(date, anchor, months, days) -%}
    {{ period_boundary(
        anchor, months, days,
        period_ordinal_on_or_after(date, anchor, months, days)
    ) }}
{%- endmacro %}


{# The last bill date at or before a date. #}
{% macro bill_date_on_or_before(date, anchor, months, days) -%}
    {{ period_boundary(
        anchor, months, days,
        period_ordinal_on_or_before(date, anchor, months, days)
    ) }}
{%- endmacro %}
