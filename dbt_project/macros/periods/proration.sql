{#
    What part of a natural period some of its days cost, as a numerator and a
    denominator in days, under the five rules of the contract. `months` is the
    period's length in months; 0 where it is counted in days, in which real
    days count under every rule.

        actual      days over the days of the period
        actual_360  days over 30 a month, never more than the whole
        strict_360  30E/360 on both sides: the 31st counts as the 30th
        none        days over the days that the subscription covers at all
        free        nothing, unless the subscription covers the period whole

    A whole period is 1 under each of them.

    Worked: [27 January, 1 February) 2021 is 5/31, 5/30 and 4/30 of its month
    under the first three; [27 February, 1 March) is 2/28, 2/30 and 4/30.
#}
{% macro proration_days(proration, start, end, months) -%}
    case
        when {{ proration }} = 'strict_360' and {{ months }} > 0
            then
                360 * (extract(year from {{ end }})
                - extract(year from {{ start }}))
                + 30 * (extract(month from {{ end }})
                - extract(month from {{ start }}))
                + least(extract(day from {{ end }}), 30)
                - least(extract(day from {{ start }}), 30)
        else {{ end }} - {{ start }}
    end
{%- endmacro %}


{% macro proration_numerator(
    proration, days, whole_days, months, covered_days
) -%}
    case
        when {{ days }} = {{ whole_days }} then {{ days }}
        when {{ proration }} = 'actual_360' and {{ months }} > 0
            then least({{ days }}, 30 * {{ months }})
        when
            {{ proration }} = 'free'
            and {{ covered_days }} < {{ whole_days }}
            then 0
        else {{ days }}
    end
{%- endmacro %}


{% macro proration_denominator(
    proration, days, whole_days, months, covered_days
) -%}
    case
        when {{ days }} = {{ whole_days }} then {{ whole_days }}
        when {{ proration }} = 'actual_360' and {{ months }} > 0
            then 30 * {{ months }}
        when
            {{ proration }} = 'none'
            and {{ covered_days }} < {{ whole_days }}
            then {{ covered_days }}
        else {{ whole_days }}
    end
{%- endmacro %}
