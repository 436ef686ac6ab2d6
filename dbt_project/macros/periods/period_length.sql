{#
    How long a period of the contract is, in whole months and whole days; one
    of the two is 0. `month`, `quarter`, `half_year` and `year` are 1, 3, 6
    and 12 months; `day` and `week` 1 and 7 days; `18 months` and `30 days`
    count their unit.
#}
{% macro period_months(period) -%}
    {{ period_in(period, {
        'month': 1, 'quarter': 3, 'half_year': 6, 'year': 12
    }) }}
{%- endmacro %}


{% macro period_days(period) -%}
    {{ period_in(period, {'day': 1, 'week': 7}) }}
{%- endmacro %}


{% macro period_in(period, lengths) -%}
    {%- set unit -%}
        regexp_replace(
            regexp_replace(lower(trim({{ period }})), '^[0-9]+ +', ''),
            's$', ''
        )
    {%- endset -%}
    (
        cast(coalesce(
            nullif(regexp_extract(trim({{ period }}), '^[0-9]+'), ''), '1'
        ) as integer)
        * case {{ unit }}
            {%- for name, length in lengths.items() %}
            when '{{ name }}' then {{ length }}
            {%- endfor %}
            else 0
        end
    )
{%- endmacro %}
