{#
    The folder's schema as it is named in dbt_project.yml, without the target's
    prefix: `marts.invoices` must read the same on every machine.
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
