{# The last value that is not null up to and including the row at hand. #}
{% macro last_known(value, partition_by, order_by) -%}
    last_value({{ value }} ignore nulls) over (
        partition by {{ partition_by }}
        order by {{ order_by }}
        rows between unbounded preceding and current row
    )
{%- endmacro %}
