{# A half-open range of dates as a sentence names it: its days. #}
{% macro dates_in_words(start, end) -%}
    case
        when {{ end }} = {{ start }} + 1
            then ' on ' || cast({{ start }} as varchar)
        else
            ' from ' || cast({{ start }} as varchar)
            || ' to ' || cast({{ end }} - 1 as varchar)
    end
{%- endmacro %}
