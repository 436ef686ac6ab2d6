{#
    Meters whose rows in this model were made by another definition of the
    meter than today's: they are forgotten and read again from the first event.
    Needs a model with meter_id and meter_version.
#}
{% macro meters_read_anew() -%}
    {%- set query -%}
        select held.meter_id
        from (
            select
                meter_id,
                meter_version
            from {{ this }}
            group by meter_id, meter_version
        ) as held
        left join {{ ref('int_meter_versions') }} as versions
            on held.meter_id = versions.meter_id
        left join {{ ref('int_meter_versions') }} as of_unknown
            on of_unknown.meter_id = ''
        where
            held.meter_version
            != coalesce(versions.meter_version, of_unknown.meter_version)
        order by held.meter_id
    {%- endset -%}
    {%- set quoted = [] -%}
    {%- for meter_id in run_query(query).columns[0].values() -%}
        {%- do quoted.append("'" ~ meter_id | replace("'", "''") ~ "'") -%}
    {%- endfor -%}
    {{ return(quoted | join(', ')) }}
{%- endmacro %}


{% macro forget_meters_read_anew() -%}
    {%- if execute and is_incremental() -%}
        {%- set meters = meters_read_anew() -%}
        {%- if meters -%}
            delete from {{ this }} where meter_id in ({{ meters }})
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#
    Which `events` this model has not read yet: those of later landings, and
    all of a meter that is read anew.
#}
{% macro is_not_read_yet() -%}
    {%- if execute and is_incremental() -%}
        {%- set query = 'select max(landing_id) from ' ~ this -%}
        {%- set last = run_query(query).columns[0].values()[0] or 0 -%}
        {%- set meters = meters_read_anew() -%}
        (
            events.landing_id > {{ last }}
            {%- if meters %} or events.meter_id in ({{ meters }}){% endif %}
        )
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
