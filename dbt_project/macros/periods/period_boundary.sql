{#
    The start of the period with the given ordinal on the grid that begins at
    `anchor`; ordinals may be negative. Months are counted from the anchor
    itself, so that a grid on the 31st falls on the last day of shorter months
    and returns to the 31st.
#}
{% macro period_boundary(anchor, months, days, ordinal) -%}
    cast(
        {{ anchor }}
        + to_months(cast(({{ ordinal }}) * {{ months }} as integer))
        + to_days(cast(({{ ordinal }}) * {{ days }} as integer))
        as date
    )
{%- endmacro %}
