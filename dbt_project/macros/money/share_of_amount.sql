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
