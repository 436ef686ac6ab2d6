{#
    Has dbt build a table or a view in its place, in one transaction: the old
    one is dropped and the new one made, or neither. Called with the SQL that
    makes it.

    The adapter's own builds beside, renames twice and drops: right where
    tables have indexes, foreign keys or grants, which none here has, and half
    of the time of a close in which nothing is new.
#}
{% macro built_in_place() %}
  {%- set existing = load_cached_relation(this) -%}
  {%- set made = caller() -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {% call statement('main') -%}
    {%- if existing is not none %}
    drop {{ existing.type }} if exists {{ existing }};
    {%- endif %}
    {{ made }}
  {%- endcall %}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
{% endmacro %}
