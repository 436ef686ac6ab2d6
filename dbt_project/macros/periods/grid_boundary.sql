{#
    The first boundary at or after a date on the grid of the row at hand: its
    columns grid_anchor, grid_offset, grid_length, unit_months and unit_days
    (see int_charge_grids).
#}
{% macro grid_boundary_on_or_after(date) -%}
    {%- set near -%}
        (({{ period_ordinal_near(
            date, 'grid_anchor', 'unit_months', 'unit_days'
        ) }}) - grid_offset) // grid_length
    {%- endset -%}
    case
        {%- for step in [-1, 0, 1] %}
        when {{ grid_boundary(near ~ ' + ' ~ step) }} >= {{ date }}
            then {{ grid_boundary(near ~ ' + ' ~ step) }}
        {%- endfor %}
        else {{ grid_boundary(near ~ ' + 2') }}
    end
{%- endmacro %}


{# The start of the period with the given ordinal on that grid. #}
{% macro grid_boundary(ordinal) -%}
    {{ period_boundary(
        'grid_anchor', 'unit_months', 'unit_days',
        'grid_offset + (' ~ ordinal ~ ') * grid_length'
    ) }}
{%- endmacro %}
