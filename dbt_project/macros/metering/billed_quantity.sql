{#
    A metered quantity in billed units: divided, then rounded once. The
    quantity is the whole number `numerator` of 10^-12 over `denominator`, not
    negative; `rounding` is `none` (to 12 decimals), `up`, `down` or `nearest`
    (half away from zero) to a multiple of `unit`.

    In whole numbers of half 10^-12, so that neither a tie nor a rest is lost:
    `twice` is rounded down, `has_rest` says whether anything was cut off.

    Worked: 1400 over 1000 is 1.4, up to whole units 2; 1 over 3 is
    0.333333333333; 123.456 to the nearest whole is 123.
#}
{% macro billed_quantity(twice, has_rest, rounding, unit) -%}
    {%- set two_units = '(2 * ' ~ unscaled_integer(unit) ~ ')' -%}
    {{ decimal_of_unscaled(
        "case " ~ rounding
        ~ " when 'none' then (" ~ twice ~ " + 1) // 2"
        ~ " else " ~ unscaled_integer(unit) ~ " * case " ~ rounding
        ~ " when 'up' then " ~ twice ~ " // " ~ two_units
        ~ " + case when " ~ has_rest ~ " or " ~ twice ~ " % " ~ two_units
        ~ " > 0 then 1 else 0 end"
        ~ " when 'down' then " ~ twice ~ " // " ~ two_units
        ~ " else (" ~ twice ~ " + " ~ unscaled_integer(unit) ~ ") // "
        ~ two_units ~ " end end"
    ) }}
{%- endmacro %}


{#
    Twice a quantity over a divisor, in 10^-12 and rounded down, and whether
    there is a rest. The whole multiples of the divisor are taken out first,
    so that nothing overflows below 10^14 units.
#}
{% macro twice_divided(numerator, denominator, divisor) -%}
    {%- set by = unscaled_integer(divisor) -%}
    {%- set whole = '(' ~ numerator ~ ' // ' ~ denominator ~ ')' -%}
    (
        {{ whole }} // {{ by }} * 2000000000000
        + (
            {{ whole }} % {{ by }} * 2000000000000
            + {{ numerator }} % {{ denominator }} * 2000000000000
            // {{ denominator }}
        ) // {{ by }}
    )
{%- endmacro %}


{% macro has_rest_divided(numerator, denominator, divisor) -%}
    {%- set by = unscaled_integer(divisor) -%}
    {%- set whole = '(' ~ numerator ~ ' // ' ~ denominator ~ ')' -%}
    (
        {{ numerator }} % {{ denominator }} * 2000000000000
        % {{ denominator }} > 0
        or (
            {{ whole }} % {{ by }} * 2000000000000
            + {{ numerator }} % {{ denominator }} * 2000000000000
            // {{ denominator }}
        ) % {{ by }} > 0
    )
{%- endmacro %}


{# A whole number of 10^-12 as a decimal. #}
{% macro decimal_of_unscaled(number) -%}
    cast(
        cast({{ number }} as decimal(26, 0))
        * cast('0.000000000001' as decimal(12, 12))
        as decimal(38, 12)
    )
{%- endmacro %}
