{# A table; see built_in_place. #}
{% materialization table, adapter="duckdb" %}
  {%- set target = this.incorporate(type='table') -%}
  {% call built_in_place() -%}
    {{ create_table_as(False, target, compiled_code) }}
  {%- endcall %}
  {{ return({'relations': [target]}) }}
{% endmaterialization %}
