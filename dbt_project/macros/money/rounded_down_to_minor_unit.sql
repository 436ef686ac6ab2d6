{#
    An amount of 0 or more, rounded down to the currency's minor unit: what is
    less than one of it pays nothing. The amount has up to 12 decimals; the
    result is a decimal(38, 4).

    Worked: 10.009 euros are 10.00, 100.9 yen 100.
#}
{% macro rounded_down_to_minor_unit(amount, minor_units) -%}
    cast(
        cast(
            (
                {{ unscaled_integer(
                    'cast(' ~ amount ~ ' as decimal(38, 12))'
                ) }}
                // {{ power_of_ten('12 - ' ~ minor_units) }}
            ) * {{ power_of_ten('4 - ' ~ minor_units) }}
            as decimal(34, 0)
        ) * cast('0.0001' as decimal(4, 4))
        as decimal(38, 4)
    )
{%- endmacro %}
