{#
    Two rows of ranges laid end to end: (`through` - `amount`, `through`] of
    each. What two of them have in common, and whether that is anything.

    Worked: (10, 30] and (25, 40] have 5 in common; (10, 30] and (30, 40] meet
    and have nothing.
#}
{% macro overlap_of_ranges(through, amount, other_through, other_amount) -%}
    cast(
        least({{ through }}, {{ other_through }})
        - greatest(
            {{ through }} - {{ amount }},
            {{ other_through }} - {{ other_amount }}
        )
        as decimal(38, 4)
    )
{%- endmacro %}


{% macro ranges_overlap(through, amount, other_through, other_amount) -%}
    {{ through }} > {{ other_through }} - {{ other_amount }}
    and {{ through }} - {{ amount }} < {{ other_through }}
{%- endmacro %}
