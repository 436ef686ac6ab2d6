{#
    A table, built in its place in one transaction: the old one is dropped
    and the new one made, or neither.

    The adapter's own builds beside, renames twice and drops: right where
    tables have indexes, foreign keys or grants, which none here has, and half
    of the time of a close in which nothing is new.
#}
{% materialization table, adapter="duckdb" %}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target = this.incorporate(type='table') -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {% call statement('main') -%}
    {%- if existing is not none %}
    drop {{ existing.type }} if exists {{ existing }};
    {%- endif %}
    {{ create_table_as(False, target, compiled_code) }}
  {%- endcall %}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}

  {{ return({'relations': [target]}) }}
{% endmaterialization %}
