{# The price of a unit at a rate in percent, which has 10 decimals at most. #}
{% macro percent_price(rate) -%}
    cast(
        {{ rate_of_ten_decimals(rate) }} * cast('0.01' as decimal(2, 2))
        as decimal(38, 12)
    )
{%- endmacro %}


{#
    A rate in percent as it can be used: two decimals fewer than a price, so
    that a hundredth of it is still exact.
#}
{% macro rate_of_ten_decimals(rate) -%}
    cast({{ rate }} as decimal(28, 10))
{%- endmacro %}
