{#
    An amount in whole minor units, shared by weight: everyone's part rounded
    down, and the rest by which the largest remainder is found. All are whole
    numbers; null when nothing is weighed, or beyond what can be held exactly.

    Worked: 200,704 cents by 8 of 12 are 133,802 and a rest of 8 twelfths.
#}
{% macro share_rounded_down(amount, weight, total_weight) -%}
    try({{ amount }} * {{ weight }}) // nullif({{ total_weight }}, 0)
{%- endmacro %}


{% macro rest_of_share(amount, weight, total_weight) -%}
    try({{ amount }} * {{ weight }}) % nullif({{ total_weight }}, 0)
{%- endmacro %}


{#
    The same of parts of either sign: a whole number over a divisor, rounded
    down also below zero, and its rest, which is never negative.

    Worked: -7 over 2 is -4 and a rest of 1.
#}
{% macro floor_of_ratio(numerator, denominator) -%}
    {{ numerator }} // {{ denominator }}
    - cast({{ numerator }} % {{ denominator }} < 0 as integer)
{%- endmacro %}


{% macro rest_of_ratio(numerator, denominator) -%}
    {{ numerator }} % {{ denominator }}
    + case
        when {{ numerator }} % {{ denominator }} < 0 then {{ denominator }}
        else 0
    end
{%- endmacro %}
