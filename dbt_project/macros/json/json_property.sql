{#
    A property of a JSON object as text, null when it is missing. The name is
    data: it is escaped as a JSON pointer (RFC 6901).
#}
{% macro json_property(object, name) -%}
    json_extract_string(
        {{ object }},
        '/' || replace(replace({{ name }}, '~', '~0'), '/', '~1')
    )
{%- endmacro %}


{# The named properties of a JSON object, as a JSON object; `names` is a list. #}
{% macro json_selected_properties(object, names) -%}
    cast(to_json(map_from_entries(list_transform(
        {{ names }},
        lambda name: struct_pack(
            k := name, v := {{ json_property(object, 'name') }}
        )
    ))) as varchar)
{%- endmacro %}


{# One row per property name of a JSON object. #}
{% macro json_names(object) -%}
    unnest(json_keys({{ object }}))
{%- endmacro %}


{#
    Whether a text is one of the values that a JSON filter gives: a value, or
    a list of values, compared as text.
#}
{% macro json_filter_admits(filter, value) -%}
    list_contains(
        case
            when json_type({{ filter }}) = 'ARRAY'
                then json_extract_string({{ filter }}, '$[*]')
            else [json_extract_string({{ filter }}, '$')]
        end,
        {{ value }}
    )
{%- endmacro %}
