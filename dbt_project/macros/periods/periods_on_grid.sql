{#
    The natural periods of a charge that touch [from_on, until_on) and end
    after open_from, which is never before from_on: the rows
    of `relation` times the periods of their grid (see int_charge_grids).
    Adds period_start and period_end.
#}
{% macro periods_on_grid(relation) -%}
    select * exclude (ordinal)
    from (
        select
            *,
            {{ grid_boundary('ordinal') }} as period_start,
            {{ grid_boundary('ordinal + 1') }} as period_end
        from (
            select
                *,
                {{ ordinals_between(
                    '(' ~ period_ordinal_near(
                        'open_from', 'grid_anchor', 'unit_months', 'unit_days'
                    ) ~ ' - grid_offset) // grid_length - 2',
                    '(' ~ period_ordinal_near(
                        'until_on', 'grid_anchor', 'unit_months', 'unit_days'
                    ) ~ ' - grid_offset) // grid_length + 1'
                ) }} as ordinal
            from {{ relation }}
        )
    )
    where period_end > open_from and greatest(period_start, from_on) < until_on
{%- endmacro %}
