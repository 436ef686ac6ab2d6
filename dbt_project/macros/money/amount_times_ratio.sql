{#
    amount × numerator / denominator, rounded once, half away from zero, to the
    currency's minor unit. Money is divided here and in share_of_amount.sql,
    nowhere else.

    `amount` is a decimal below 10^14 with up to 24 decimals, `numerator` and
    `denominator` whole numbers up to 10^6, the denominator positive. The
    result is a decimal(38, 4). All is done in integers of 10^-24: the whole
    multiples of the divisor are taken out first, so that nothing overflows.

    Worked: 100.00 for 17 of 31 days, two decimals:
    100.00 × 17 / 31 = 54.838... = 54.84.
#}
{% macro amount_times_ratio(amount, numerator, denominator, minor_units) -%}
    {%- set unscaled = unscaled_integer(
        'cast(' ~ amount ~ ' as decimal(38, 24))'
    ) -%}
    {%- set divisor -%}
        (
            cast({{ denominator }} as hugeint)
            * {{ power_of_ten('24 - ' ~ minor_units) }}
        )
    {%- endset -%}
    case
        when {{ numerator }} = {{ denominator }}
            then {{ rounded_to_minor_unit(amount, minor_units) }}
        else
        cast(
            cast(
                (
                    {{ numerator }} * ({{ unscaled }} // {{ divisor }})
                    + sign({{ unscaled }}) * (
                        (
                            2 * {{ numerator }}
                            * abs({{ unscaled }} % {{ divisor }})
                            + {{ divisor }}
                        ) // (2 * {{ divisor }})
                    )
                ) * {{ power_of_ten('4 - ' ~ minor_units) }}
                as decimal(34, 0)
            ) * cast('0.0001' as decimal(4, 4))
            as decimal(38, 4)
        )
    end
{%- endmacro %}


{#
    An amount rounded to the currency's minor unit: a cast to fewer decimals
    rounds half away from zero, exactly.
#}
{% macro rounded_to_minor_unit(amount, minor_units) -%}
    case {{ minor_units }}
        {%- for places in range(5) %}
        when {{ places }}
            then cast(
                cast({{ amount }} as decimal(38, {{ places }}))
                as decimal(38, 4)
            )
        {%- endfor %}
    end
{%- endmacro %}


{# A decimal as the whole number of its smallest places: 1.50 is 150. #}
{% macro unscaled_integer(amount) -%}
    cast(replace(cast({{ amount }} as varchar), '.', '') as hugeint)
{%- endmacro %}


{% macro power_of_ten(exponent) -%}
    cast('1' || repeat('0', {{ exponent }}) as hugeint)
{%- endmacro %}
