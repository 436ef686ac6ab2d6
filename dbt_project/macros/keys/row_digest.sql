{#
    A whole number that stands for all columns of a row, to see whether any of
    them changed; digests of several rows add up, in any order.
#}
{% macro row_digest(relation) -%}
    cast(md5_number_lower({{ json_row(relation) }}) as hugeint)
{%- endmacro %}
