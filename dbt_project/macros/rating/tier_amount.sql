{#
    What the units priced by one row of a price table cost, with all decimals:
    a flat price once, or units × unit price plus the row's flat price.
    A row that prices no unit costs nothing. Null from 10^14 on.
#}
{% macro tier_amount(model, units, unit_price, flat_price) -%}
    case
        when {{ units }} <= 0 then cast(0 as decimal(38, 24))
        when {{ model }} = 'flat'
            then try_cast(
                coalesce({{ flat_price }}, {{ unit_price }})
                as decimal(38, 24)
            )
        else try(
            {{ exact_product(units, 'coalesce(' ~ unit_price ~ ', 0)') }}
            + cast(coalesce({{ flat_price }}, 0) as decimal(38, 24))
        )
    end
{%- endmacro %}
