{#
    What dbt's documentation says of each table and view: the adapter's query,
    with the number of rows besides, which it leaves out.
#}
{% macro duckdb__get_catalog_results_sql() -%}
    {%- set relations = run_query(
        "select table_schema, table_name from information_schema.tables"
        " where table_catalog = '" ~ target.database ~ "'"
    ) -%}
    select
        tables.table_database,
        tables.table_schema,
        tables.table_name,
        tables.table_type,
        tables.table_comment,
        columns.column_name,
        columns.column_index,
        columns.column_type,
        columns.column_comment,
        null as table_owner,
        'Rows' as "stats:row_count:label",
        counts.row_count as "stats:row_count:value",
        'How many rows it has.' as "stats:row_count:description",
        true as "stats:row_count:include"
    from tables
    join columns using (table_database, table_schema, table_name)
    join (
        {%- for relation in relations %}
        select
            '{{ relation[0] }}' as table_schema,
            '{{ relation[1] }}' as table_name,
            count(*) as row_count
        from "{{ target.database }}"."{{ relation[0] }}"."{{ relation[1] }}"
        {% if not loop.last %}union all{% endif %}
        {%- endfor %}
    ) as counts using (table_schema, table_name)
    order by table_schema, table_name, column_index
{%- endmacro %}
