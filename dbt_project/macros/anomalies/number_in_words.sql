{# A number as a sentence shows it: six decimals at most, no idle zeros. #}
{% macro number_in_words(value) -%}
    regexp_replace(
        cast(cast({{ value }} as decimal(38, 6)) as varchar), '[.]?0+$', ''
    )
{%- endmacro %}
