{# A view; see built_in_place. #}
{% materialization view, adapter="duckdb" %}
  {%- set target = this.incorporate(type='view') -%}
  {% call built_in_place() -%}
    {{ create_view_as(target, compiled_code) }}
  {%- endcall %}
  {{ return({'relations': [target]}) }}
{% endmaterialization %}
