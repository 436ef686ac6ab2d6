{#
    What the units priced by one row of a price table cost, with all decimals:
    the row's flat price for `flat` and `stairstep`; else what is counted
    (units, or packages started) times its price, plus the row's flat price.
    A row that prices no unit costs nothing. Null from 10^14 on.
#}
{% macro tier_amount(model, units, unit_price, flat_price, package_size, rate)
-%}
    case
        when {{ units }} <= 0 then cast(0 as decimal(38, 24))
        when {{ model }} in ('flat', 'stairstep')
            then try_cast(
                coalesce({{ flat_price }}, {{ unit_price }})
                as decimal(38, 24)
            )
        when {{ model }} = 'package'
            then {{ exact_product(
                packages_started(units, 'coalesce(' ~ package_size ~ ', 1)'),
                'coalesce(' ~ unit_price ~ ', ' ~ flat_price ~ ')'
            ) }}
        else try(
            {{ exact_product(
                counted_units(units, package_size),
                counted_price(model, unit_price, rate)
            ) }}
            + cast(
                case
                    when {{ model }} = 'percentage' then 0
                    else coalesce({{ flat_price }}, 0)
                end
                as decimal(38, 24)
            )
        )
    end
{%- endmacro %}


{# Units, or the packages they start where the row has a package_size. #}
{% macro counted_units(units, package_size) -%}
    case
        when {{ package_size }} is null then {{ units }}
        else {{ packages_started(units, package_size) }}
    end
{%- endmacro %}


{# Each package that is started is paid: 121 units in tens are 13. #}
{% macro packages_started(units, package_size) -%}
    {%- set whole = unscaled_integer(units) -%}
    {%- set size = unscaled_integer(package_size) -%}
    cast(
        {{ whole }} // {{ size }}
        + case when {{ whole }} % {{ size }} > 0 then 1 else 0 end
        as decimal(38, 12)
    )
{%- endmacro %}


{# The price of what is counted: a unit's, or a hundredth of the rate. #}
{% macro counted_price(model, unit_price, rate) -%}
    case
        when {{ model }} in ('percentage', 'graduated_percentage')
            then coalesce({{ percent_price(rate) }}, 0)
        else coalesce({{ unit_price }}, 0)
    end
{%- endmacro %}
