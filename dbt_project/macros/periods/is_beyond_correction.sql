{#
    Whether the difference of an item is too old to be billed: of what was
    closed, whatever ended before the horizon of its seller. What was never
    closed is no correction, however old. A credit of a seller that carries
    credits forward may have been carried, and is not forgotten.
#}
{% macro is_beyond_correction(worths, limits, last_closes) -%}
    {{ worths }}.service_start < {{ last_closes }}.last_closed_on
    and {{ worths }}.service_end < {{ limits }}.corrected_from
    and {{ worths }}.present_worth is distinct from {{ worths }}.previous_worth
    and (
        {{ limits }}.negative_invoice != 'carry_forward'
        or coalesce(
            {{ worths }}.present_worth >= {{ worths }}.previous_worth, true
        )
    )
{%- endmacro %}
