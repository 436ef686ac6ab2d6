{#
    A quantity times a price, both with up to 12 decimals, with all of its 24
    decimals. Null when the product reaches 100,000,000,000,000 (10^14): the
    item is then held with its reason, and everyone else is billed.
#}
{% macro exact_product(quantity, price) -%}
    try(
        cast({{ quantity }} as decimal(38, 12))
        * cast({{ price }} as decimal(38, 12))
    )
{%- endmacro %}
