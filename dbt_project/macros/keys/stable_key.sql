{#
    A key that is the same for the same parts on every machine and engine:
    MD5 over the parts as text. A missing part is empty; the separator is
    doubled inside a part, so that ('a|', 'b') and ('a', '|b') differ.
#}
{% macro stable_key(parts) -%}
    md5(
        {%- for part in parts %}
        replace(coalesce(cast({{ part }} as varchar), ''), '|', '||')
        {%- if not loop.last %} || '|+|' ||{% endif %}
        {%- endfor %}
    )
{%- endmacro %}
