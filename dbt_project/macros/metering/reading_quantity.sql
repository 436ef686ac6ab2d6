{#
    What a meter reads of an event as a number: 1 for a count, the event's
    quantity, or the number in the meter's property; null where it is missing.
#}
{% macro reading_quantity(event, meter) -%}
    case
        when {{ meter }}.aggregation = 'count'
            then cast(1 as decimal(38, 12))
        when {{ meter }}.property is null then {{ event }}.quantity
        else {{ json_number(event ~ '.properties', meter ~ '.property') }}
    end
{%- endmacro %}


{#
    Whether an event adds or removes the id in the meter's property, rather
    than a number.
#}
{% macro is_reading_of_id(event, meter) -%}
    (
        {{ meter }}.aggregation = 'unique_count'
        or (
            {{ meter }}.event_carries = 'change'
            and {{ json_property(event ~ '.properties', "'operation'") }}
            is not null
        )
    )
{%- endmacro %}


{# Whether an event's property is there and is no exact number. #}
{% macro is_not_a_number(event, name) -%}
    (
        {{ json_property(event ~ '.properties', name) }} is not null
        and {{ json_number(event ~ '.properties', name) }} is null
    )
{%- endmacro %}


{#
    Whether the meter can read the event: a number it needs is one, or is
    missing.
#}
{% macro is_readable(event, meter) -%}
    (
        (
            {{ meter }}.property is null
            or {{ meter }}.aggregation in ('count', 'custom')
            or not {{ is_not_a_number(event, meter ~ '.property') }}
            or {{ is_reading_of_id(event, meter) }}
        )
        and (
            not {{ meter }}.has_dynamic_charge
            or not {{ is_not_a_number(event, "'amount'") }}
        )
    )
{%- endmacro %}


{# The properties of an event that decide who bills it, as a JSON object. #}
{% macro reading_dimensions(event, meter) -%}
    case
        when {{ meter }}.dimension_names is null then '{}'
        else {{ json_selected_properties(
            'coalesce(' ~ event ~ ".properties, '{}')",
            meter ~ '.dimension_names'
        ) }}
    end
{%- endmacro %}
