{#
    The listed columns identify a row: fails with the keys that stand more
    than once, or with a part missing, and how many rows carry them.
#}
{% test unique_together(model, columns) %}

    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having
        count(*) > 1
        {%- for column in columns %}
        or {{ column }} is null
        {%- endfor %}

{% endtest %}
