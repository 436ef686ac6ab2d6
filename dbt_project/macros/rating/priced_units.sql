{#
    How many of a quantity's units one row of its price table prices, by
    charge model; 0 where the row is not reached. A row covers
    (tier_start, tier_end], and the last row has no end.

    A new charge model adds its branch here, and its price in tier_amount.
#}
{% macro priced_units(model, units, tier_start, tier_end, tier_number) -%}
    case
        when {{ model }} in ('graduated', 'graduated_percentage')
            then {{ graduated_units(units, tier_start, tier_end) }}
        when {{ model }} = 'percentage'
            then {{ single_tier_units(units, tier_number) }}
        else {{ volume_units(units, tier_start, tier_end) }}
    end
{%- endmacro %}


{# One price for all units. #}
{% macro single_tier_units(units, tier_number) -%}
    case when {{ tier_number }} = 1 then {{ units }} else 0 end
{%- endmacro %}


{# Each tier prices the units that fall in it. #}
{% macro graduated_units(units, tier_start, tier_end) -%}
    greatest(
        least({{ units }}, coalesce({{ tier_end }}, {{ units }}))
        - {{ tier_start }},
        0
    )
{%- endmacro %}


{# The tier in which the total falls prices all units. #}
{% macro volume_units(units, tier_start, tier_end) -%}
    case
        when
            {{ units }} > {{ tier_start }}
            and {{ units }} <= coalesce({{ tier_end }}, {{ units }})
            then {{ units }}
        else 0
    end
{%- endmacro %}
