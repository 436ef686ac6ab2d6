{#
    The version of a reference row that holds: the greatest updated_at, a row
    without one being older than any with one; else the later landing; else
    the last by file and row. `key` lists expressions, so that an optional key
    column can be given its default before versions are compared.
#}
{% macro latest_version(relation, key) -%}
    select * exclude (version_rank)
    from (
        select
            *,
            row_number() over (
                partition by {{ key | join(', ') }}
                order by
                    updated_at desc nulls last,
                    landing_id desc,
                    source_file desc,
                    source_row desc
            ) as version_rank
        from {{ relation }}
    )
    where version_rank = 1
{%- endmacro %}
