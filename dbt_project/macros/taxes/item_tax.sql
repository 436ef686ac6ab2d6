{#
    The tax of an item: that which it was billed with; else its payer's
    position, and where that is taxed by rate, the rate of the tax point.
    `billed` is the alias that has what was billed; `positions` and `tax_rates`
    are joined under these names.

    Worked: an item billed at S 20 % is corrected at S 20 %, whatever the rate
    is now; a new one of a payer abroad whose position is AE is AE at 0 %.
#}
{% macro item_tax_category(billed) -%}
    coalesce(
        {{ billed }}.billed_tax_category,
        nullif(positions.tax_position, 'rate'),
        tax_rates.category
    )
{%- endmacro %}


{% macro item_tax_rate(billed) -%}
    cast(
        case
            when {{ billed }}.billed_tax_category is not null
                then {{ billed }}.billed_tax_rate
            when positions.tax_position = 'rate' then tax_rates.rate
            else 0
        end
        as decimal(9, 4)
    )
{%- endmacro %}


{# The reason that is given for this customer or rate, null when none is. #}
{% macro item_exemption_reason(billed) -%}
    case
        when {{ billed }}.billed_tax_category is not null
            then {{ billed }}.billed_exemption_reason
        when positions.tax_position = 'E'
            then positions.tax_exemption_reason
        when positions.tax_position = 'rate'
            then tax_rates.exemption_reason
    end
{%- endmacro %}


{# Wherever the tax is zero, the legal reason is printed (BR-E-10 and kin). #}
{% macro printed_exemption_reason() -%}
    case
        when categorised.tax_category != 'S'
            then coalesce(categorised.given_reason, reasons.reason)
    end
{%- endmacro %}
