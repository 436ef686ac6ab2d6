{#
    How far values usually lie from their median: the median of their
    distances from it, scaled so that it estimates a standard deviation. A few
    odd values do not move it. A statistic, so a double; money never is.
#}
{% macro spread(value) -%}
    (1.4826 * mad(cast({{ value }} as double)))
{%- endmacro %}
