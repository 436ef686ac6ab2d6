{#
    A percentage of an amount in whole minor units, rounded once, half away
    from zero, to the currency's minor unit. `amount` is a decimal(38, 4) below
    10^14, `percent` a decimal(38, 12) of at most 100: their product has fewer
    than 38 digits.

    Worked: 12.5 % of 0.20 is 0.025 = 0.03.
#}
{% macro percent_of_amount(amount, percent, minor_units) -%}
    {{ amount_of_minor_units(
        percent_of_units(
            whole_minor_units(amount, minor_units), unscaled_integer(percent)
        ),
        minor_units
    ) }}
{%- endmacro %}


{#
    The same in whole minor units; `unscaled_percent` is the percentage in
    units of 10^-12.
#}
{% macro percent_of_units(units, unscaled_percent) -%}
    sign({{ units }}) * (
        (2 * abs({{ units }}) * {{ unscaled_percent }} + {{ power_of_ten('14') }})
        // (2 * {{ power_of_ten('14') }})
    )
{%- endmacro %}


{# An amount without a fraction of the minor unit, in whole minor units. #}
{% macro whole_minor_units(amount, minor_units) -%}
    ({{ unscaled_integer('cast(' ~ amount ~ ' as decimal(38, 4))') }}
    // {{ power_of_ten('4 - ' ~ minor_units) }})
{%- endmacro %}


{# Whole minor units as an amount. #}
{% macro amount_of_minor_units(units, minor_units) -%}
    cast(
        cast(
            ({{ units }}) * {{ power_of_ten('4 - ' ~ minor_units) }}
            as decimal(34, 0)
        ) * cast('0.0001' as decimal(4, 4))
        as decimal(38, 4)
    )
{%- endmacro %}
