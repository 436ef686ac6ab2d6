{#
    Takes out of a kept model the days that this run reads again; what is
    settled stays as it was. Needs subscription_id and usage_date.
#}
{% macro forget_from_usage_starts() -%}
    {%- set usage_starts = ref('int_usage_starts') -%}
    {%- if is_incremental() -%}
        delete from {{ this }} as kept
        using {{ usage_starts }} as starts
        where
            kept.subscription_id = starts.subscription_id
            and kept.usage_date >= starts.usage_from
    {%- endif -%}
{%- endmacro %}
