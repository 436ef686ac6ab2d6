{#
    What one event costs: the rate and the fixed fee together, then the least
    and the greatest amount of an event. Worked: 2 % + 0.30 of 10 is 0.50,
    between 1.00 and 5.00 it is 1.00.
#}
{% macro event_amount(units, rate, fixed, minimum, maximum) -%}
    {%- set amount -%}
        {{ exact_product(units, percent_price(rate)) }}
        + cast({{ fixed }} as decimal(38, 24))
    {%- endset -%}
    try(least(
        greatest(
            {{ amount }},
            coalesce(cast({{ minimum }} as decimal(38, 24)), {{ amount }})
        ),
        coalesce(
            cast({{ maximum }} as decimal(38, 24)),
            greatest(
                {{ amount }},
                coalesce(cast({{ minimum }} as decimal(38, 24)), {{ amount }})
            )
        )
    ))
{%- endmacro %}


